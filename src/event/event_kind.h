#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace apiary {

/// The kind of an event, in the order of EventBody. Its properties are a row in event_kind.cc.
enum class EventKind : std::uint8_t {
  contact,
  contact_end,
  flow_start,
  flow_end,
  note,
  attempt,
  file,
  credential,
  payload,
  scan,
  icmp,
  address_in_use,
  lease,
  daemon,
  limit,
  events_lost,
  packet,
  count_
};
inline constexpr std::size_t event_kind_count = static_cast<std::size_t>(EventKind::count_);

/// The classification of ECS: event.kind, event.category, event.type. Unused entries are empty.
struct EcsClasses {
  std::string_view kind;
  std::array<std::string_view, 2> categories, types;
};

/// The groups of the dashboard's filter.
enum class EventGroup : std::uint8_t { contacts, scans, conversations, credentials, daemon, none };
std::string_view name_of(EventGroup group);

/// How a terminal highlights it.
enum class EventTone : std::uint8_t { plain, alarm, scan, conversation, speech, warning, status };

/// RFC 5424 section 6.2.1.
enum class SyslogSeverity : std::uint8_t { warning = 4, notice = 5, informational = 6 };

/// The properties of a kind.
struct EventKindSpec {
  EventKind kind;
  std::string_view name;   // event.action: "flow_start"
  std::string_view title;  // on the dashboard: "connected"
  EventGroup group;
  EventTone tone;
  SyslogSeverity severity;
  EcsClasses ecs;  // kind daemon: those of DaemonEvent::Kind instead

  // For docs/events.md: when it is emitted, and its fields in addition to source, destination
  // and network.
  std::string_view emitted_when, fields;
};
/// In the order of EventKind.
const std::array<EventKindSpec, event_kind_count>& event_kind_specs();
/// REQUIRES: kind < EventKind::count_.
inline const EventKindSpec& spec_of(EventKind kind) {
  return event_kind_specs()[static_cast<std::size_t>(kind)];
}
/// The value of event.action: "flow_start".
inline std::string_view to_string(EventKind kind) { return spec_of(kind).name; }
std::optional<EventKind> event_kind_called(std::string_view name);

/// A number of events for each kind.
using EventCounts = std::array<std::uint64_t, event_kind_count>;

/// A set of kinds.
class EventKinds {
 public:
  static constexpr EventKinds all() { return EventKinds{~std::uint32_t{0}}; }
  constexpr EventKinds() = default;
  constexpr EventKinds(std::initializer_list<EventKind> kinds) {
    for (const EventKind kind : kinds) bits_ |= bit(kind);
  }
  constexpr bool contains(EventKind kind) const { return (bits_ & bit(kind)) != 0; }
  constexpr EventKinds with(EventKinds more) const { return EventKinds{bits_ | more.bits_}; }
  constexpr EventKinds without(EventKinds less) const { return EventKinds{bits_ & ~less.bits_}; }

 private:
  constexpr explicit EventKinds(std::uint32_t bits) : bits_(bits) {}
  static constexpr std::uint32_t bit(EventKind kind) {
    return std::uint32_t{1} << static_cast<unsigned>(kind);
  }
  std::uint32_t bits_ = 0;
};

}  // namespace apiary

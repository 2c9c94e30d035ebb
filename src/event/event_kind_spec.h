#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace apiary {

enum class EventKind : std::uint8_t;

/// The classification of ECS: event.kind, event.category, event.type. Unused entries are empty.
struct EcsClasses {
  std::string_view kind;
  std::array<std::string_view, 2> categories, types;

  constexpr bool is_error() const { return types[0] == "error" || types[1] == "error"; }
};

/// The groups of the dashboard's filter.
enum class EventGroup : std::uint8_t { contacts, scans, conversations, credentials, daemon, none };
std::string_view name_of(EventGroup group);

/// How a terminal and the dashboard highlight it.
enum class EventTone : std::uint8_t { plain, alarm, scan, conversation, speech, warning, status };
std::string_view name_of(EventTone tone);

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
  EcsClasses ecs;  // some kinds have others, which depend on the event

  // For docs/events.md: when it is emitted, and its fields in addition to source, destination
  // and network.
  std::string_view emitted_when, fields;
};

}  // namespace apiary

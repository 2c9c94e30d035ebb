#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "event/event_body.h"

namespace apiary {

/// The properties of all kinds, in the order of EventKind.
const std::array<const EventKindSpec*, event_kind_count>& event_kind_specs();
/// REQUIRES: kind < EventKind::count_.
inline const EventKindSpec& spec_of(EventKind kind) {
  return *event_kind_specs()[static_cast<std::size_t>(kind)];
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

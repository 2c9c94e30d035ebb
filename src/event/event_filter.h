#pragma once

#include <optional>
#include <string>

#include "event/event.h"

namespace apiary {

/// Selects events; by default all.
struct EventFilter {
  EventKinds kinds = EventKinds::all();
  std::optional<IpPrefix> source{}, host{};
  std::optional<std::uint16_t> port{};  // of the host
  std::string text{};                   // part of the sentence, in lower case

  bool lets_through(const Event& event) const;
};

/// "contact,scan". Returns nothing if a name is unknown.
std::optional<EventKinds> parse_event_kinds(std::string_view names);

}  // namespace apiary

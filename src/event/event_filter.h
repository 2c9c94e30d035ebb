#pragma once

#include <optional>
#include <string>

#include "event/event.h"

namespace apiary {

/// Which events somebody wants to see; all, as it is.
struct EventFilter {
  EventKinds kinds = EventKinds::all();
  std::optional<IpPrefix> source{}, host{};
  std::optional<std::uint16_t> port{};  // of the host
  std::string text{};                   // somewhere in the sentence, in small letters

  bool lets_through(const Event& event) const;
};

/// "contact,scan". Nothing when one of them is no kind.
std::optional<EventKinds> parse_event_kinds(std::string_view names);

}  // namespace apiary

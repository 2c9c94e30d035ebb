#include "event/event_kind.h"

#include <algorithm>

namespace apiary {
namespace {

template <class... Bodies>
constexpr std::array<const EventKindSpec*, sizeof...(Bodies)> specs_of(
    const std::variant<Bodies...>*) {
  return {&Bodies::spec...};
}

constexpr std::array specs = specs_of(static_cast<const EventBody*>(nullptr));

}  // namespace

std::string_view name_of(EventGroup group) {
  switch (group) {
    case EventGroup::contacts:
      return "Contacts";
    case EventGroup::scans:
      return "Scans";
    case EventGroup::conversations:
      return "Conversations";
    case EventGroup::credentials:
      return "Credentials";
    case EventGroup::daemon:
      return "The daemon";
    case EventGroup::none:
      break;
  }
  return "";
}

std::string_view name_of(EventTone tone) {
  switch (tone) {
    case EventTone::plain:
      break;
    case EventTone::alarm:
      return "alarm";
    case EventTone::scan:
      return "scan";
    case EventTone::conversation:
      return "conversation";
    case EventTone::speech:
      return "speech";
    case EventTone::warning:
      return "warning";
    case EventTone::status:
      return "status";
  }
  return "plain";
}

const std::array<const EventKindSpec*, event_kind_count>& event_kind_specs() { return specs; }

std::optional<EventKind> event_kind_called(std::string_view name) {
  const auto found = std::ranges::find(specs, name, &EventKindSpec::name);
  if (found == specs.end()) return {};
  return (*found)->kind;
}

}  // namespace apiary

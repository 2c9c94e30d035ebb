#include "event/event_filter.h"

#include <algorithm>
#include <cctype>

#include "event/event_text.h"

namespace apiary {
namespace {

std::string in_small_letters(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return text;
}

}  // namespace

bool EventFilter::lets_through(const Event& event) const {
  if (!kinds.contains(event.kind())) return false;
  if (source && !source->contains(source_of(event))) return false;
  if (host && !host->contains(host_of(event))) return false;
  if (port) {
    const FlowKey* const flow = flow_of(event);
    if (flow == nullptr || flow->local.port.number != *port) return false;
  }
  return text.empty() || in_small_letters(event_text(event)).find(text) != std::string::npos;
}

std::optional<EventKinds> parse_event_kinds(std::string_view names) {
  EventKinds kinds;
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    const auto kind = event_kind_called(names.substr(0, comma));
    if (!kind) return {};
    kinds = kinds.with({*kind});
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return kinds;
}

}  // namespace apiary

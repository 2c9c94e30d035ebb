#include "record/record_filter.h"

#include <algorithm>
#include <cctype>

#include "record/record_text.h"

namespace apiary {
namespace {

std::string in_small_letters(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::tolower(letter));
  });
  return text;
}

std::optional<RecordKind> kind_called(std::string_view name) {
  for (unsigned i = 0; i < static_cast<unsigned>(RecordKind::count_); ++i)
    if (to_string(static_cast<RecordKind>(i)) == name) return static_cast<RecordKind>(i);
  return {};
}

}  // namespace

bool RecordFilter::lets_through(const Record& record) const {
  if (!kinds.contains(record.kind())) return false;
  if (source && !source->contains(source_of(record))) return false;
  if (host && !host->contains(host_of(record))) return false;
  if (port) {
    const FlowKey* const flow = flow_of(record);
    if (flow == nullptr || flow->local.port.number != *port) return false;
  }
  return text.empty() || in_small_letters(record_text(record)).find(text) != std::string::npos;
}

std::optional<RecordKinds> parse_record_kinds(std::string_view names) {
  RecordKinds kinds;
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    const auto kind = kind_called(names.substr(0, comma));
    if (!kind) return {};
    kinds = kinds.with({*kind});
    names.remove_prefix(std::min(comma + 1, names.size()));
  }
  return kinds;
}

}  // namespace apiary

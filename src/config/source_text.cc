#include "config/source_text.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "config/utf8.h"

namespace apiary {
SourceText::SourceText(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)), line_starts_{0} {
  assert(text_.size() < std::numeric_limits<std::uint32_t>::max());
  for (std::uint32_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') line_starts_.push_back(i + 1);
}

std::size_t SourceText::line_index(std::uint32_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return static_cast<std::size_t>(after - line_starts_.begin()) - 1;
}

LineColumn SourceText::locate(std::uint32_t offset) const {
  const std::size_t line = line_index(offset);
  LineColumn place{line + 1, 1};
  for (std::uint32_t at = line_starts_[line]; at < offset; ++place.column)
    at += static_cast<std::uint32_t>(character_bytes(text().substr(at)));
  return place;
}

Span SourceText::line_around(std::uint32_t offset) const {
  const std::size_t line = line_index(offset);
  std::uint32_t end = line + 1 < line_starts_.size() ? line_starts_[line + 1] - 1
                                                     : static_cast<std::uint32_t>(text_.size());
  if (end > line_starts_[line] && text_[end - 1] == '\r') --end;
  return {line_starts_[line], end};
}

}  // namespace apiary

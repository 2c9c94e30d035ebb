#include "config/source_snippet.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/printable.h"
#include "base/utf8.h"

namespace apiary {
namespace {

constexpr std::size_t tab_columns = 8;
constexpr std::size_t widest_columns = 100;
constexpr std::string_view ellipsis = "...";

/// A line split into columns of one character.
struct Columns {
  std::vector<std::string_view> cells;
  std::size_t begin = 0, end = 0;  // of the place to underline
};

Columns lay_out(std::string_view line, std::size_t begin, std::size_t end) {
  Columns columns;
  auto& cells = columns.cells;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t bytes = character_bytes(line.substr(at));
    if (at <= begin) columns.begin = cells.size();
    if (line[at] == '\t') {
      cells.resize((cells.size() / tab_columns + 1) * tab_columns, " ");
    } else {
      cells.push_back(one_column(line.substr(at, bytes)));
    }
    at += bytes;
    if (at <= end) columns.end = cells.size();
  }
  if (begin >= line.size()) columns.begin = cells.size();
  columns.end = std::max(columns.end, columns.begin + 1);
  return columns;
}

}  // namespace

SourceSnippet snippet_of(const SourceText& source, Span place) {
  const Span line = source.line_around(place.begin);
  const std::uint32_t begin = std::min(place.begin, line.end) - line.begin;
  const std::uint32_t end = std::clamp(place.end, line.begin + begin, line.end) - line.begin;
  const Columns columns = lay_out(source.text(line), begin, end);

  std::size_t from = 0;
  std::size_t to = columns.cells.size();
  if (to > widest_columns) {  // shows a third of the window before the place
    from = columns.begin > widest_columns / 3 ? columns.begin - widest_columns / 3 : 0;
    from = std::min(from, to - widest_columns);
    to = from + widest_columns;
  }

  SourceSnippet snippet;
  if (from > 0) snippet.line += ellipsis;
  snippet.underline.append(snippet.line.size() + columns.begin - from, ' ');
  for (std::size_t i = from; i < to; ++i) snippet.line += columns.cells[i];
  if (to < columns.cells.size()) snippet.line += ellipsis;
  snippet.underline += '^';
  const std::size_t last = std::min(columns.end, std::max(to, columns.begin + 1));
  snippet.underline.append(last - columns.begin - 1, '~');
  return snippet;
}

}  // namespace apiary

/// config/: the configuration language. SourceText -> lex() -> parse() -> build_configuration(),
/// which gives a Honeynet, or every diagnostic of the text at once. It reads no files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace apiary {

/// A piece of a SourceText: byte offsets, `end` being the first one after it.
struct Span {
  std::uint32_t begin = 0, end = 0;
  bool operator==(const Span&) const = default;
};

/// The shortest span that holds both.
constexpr Span joined(Span a, Span b) {
  return {a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

/// A value and where it stands.
template <class T>
struct Located {
  T value{};
  Span place;
};

/// What people call a place: lines and columns from 1, columns counted in characters (UTF-8).
struct LineColumn {
  std::size_t line = 1, column = 1;
  bool operator==(const LineColumn&) const = default;
};

/// A configuration and the name by which its users know it. Statements and diagnostics refer to
/// it by Span, and views point into it: it outlives both, and does not move.
class SourceText {
 public:
  /// REQUIRES: text.size() < 4 GiB.
  SourceText(std::string name, std::string text);
  SourceText(const SourceText&) = delete;
  SourceText& operator=(const SourceText&) = delete;

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  std::string_view text(Span span) const {
    return std::string_view{text_}.substr(span.begin, span.end - span.begin);
  }

  LineColumn locate(std::uint32_t offset) const;
  /// The whole line that `offset` is in, without its end.
  Span line_around(std::uint32_t offset) const;

 private:
  std::size_t line_index(std::uint32_t offset) const;

  std::string name_, text_;
  std::vector<std::uint32_t> line_starts_;
};

}  // namespace apiary

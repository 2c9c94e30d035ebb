/// config/: the configuration language. SourceText -> lex() -> parse() -> build_configuration(),
/// which returns a Honeynet, or all diagnostics of the text. It reads no files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace apiary {

/// A piece of a SourceText as byte offsets; `end` is the first one after it.
struct Span {
  std::uint32_t begin = 0, end = 0;
  bool operator==(const Span&) const = default;
};

/// The shortest span that contains both.
constexpr Span joined(Span a, Span b) {
  return {a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

/// A value and its place.
template <class T>
struct Located {
  T value{};
  Span place;
};

/// A place for people: line and column from 1, columns in characters (UTF-8).
struct LineColumn {
  std::size_t line = 1, column = 1;
  bool operator==(const LineColumn&) const = default;
};

/// One file of a SourceText.
struct SourceFile {
  std::string name;                          // as in messages; the path of a file
  std::string text;                          // stable: views point into it
  std::uint32_t begin = 0;                   // the offset of its first byte
  std::optional<Span> included_at{};         // its `include` statement; none for the first file
  std::vector<std::uint32_t> line_starts{};  // offsets from `begin`

  std::uint32_t end() const { return begin + static_cast<std::uint32_t>(text.size()); }
};

/// A configuration: a file and its included files, in one space of offsets, so that a Span
/// identifies a place in any of them. Statements and diagnostics have Spans and views into it: it
/// must outlive them and must not move.
class SourceText {
 public:
  /// REQUIRES: text.size() < max_bytes.
  SourceText(std::string name, std::string text);
  SourceText(const SourceText&) = delete;
  SourceText& operator=(const SourceText&) = delete;

  /// The limit on the size of all files together: Spans cannot address more.
  static constexpr std::size_t max_bytes = 0xfffffff0;

  /// Adds a file included by the statement at `included_at`. The reference stays valid. nullptr:
  /// the total would exceed max_bytes.
  const SourceFile* include(std::string name, std::string text, Span included_at);

  /// The file that contains `offset`, which may be its end.
  const SourceFile& file_at(std::uint32_t offset) const;
  const SourceFile& first_file() const { return *files_.front(); }
  std::size_t files() const { return files_.size(); }
  /// Files in the order of their inclusion. REQUIRES: index < files().
  const SourceFile& file(std::size_t index) const { return *files_[index]; }

  /// The name of the first file.
  const std::string& name() const { return first_file().name; }
  /// REQUIRES: the span is within one file.
  std::string_view text(Span span) const {
    const SourceFile& file = file_at(span.begin);
    return std::string_view{file.text}.substr(span.begin - file.begin, span.end - span.begin);
  }

  /// The place in the file that contains `offset`.
  LineColumn locate(std::uint32_t offset) const;
  /// The whole line that contains `offset`, without its line end.
  Span line_around(std::uint32_t offset) const;
  /// "net.conf:3:15".
  std::string place_name(std::uint32_t offset) const;

 private:
  std::vector<std::unique_ptr<SourceFile>> files_;  // by ascending offset
};

/// All of `source` as one file: included text replaces the `include`, which becomes a comment.
std::string without_includes(const SourceText& source);

}  // namespace apiary

/// config/: the configuration language. SourceText -> lex() -> parse() -> build_configuration(),
/// which gives a Honeynet, or every diagnostic of the text at once. It reads no files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
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

/// One file of a SourceText.
struct SourceFile {
  std::string name;                   // by which its users know it; a path where files are read
  std::string text;                   // does not move
  std::uint32_t begin = 0;            // the offset of its first byte
  std::optional<Span> included_at{};  // the `include` that brought it; none for the first file
  std::vector<std::uint32_t> line_starts{};  // offsets from `begin`

  std::uint32_t end() const { return begin + static_cast<std::uint32_t>(text.size()); }
};

/// A configuration: a file, and those that it includes, behind one another in one space of offsets,
/// so that a Span says where in all of them something is. Statements and diagnostics refer to it
/// by Span, and views point into it: it outlives both, and does not move.
class SourceText {
 public:
  /// REQUIRES: text.size() < max_bytes.
  SourceText(std::string name, std::string text);
  SourceText(const SourceText&) = delete;
  SourceText& operator=(const SourceText&) = delete;

  /// As much as Spans can address, in all files together.
  static constexpr std::size_t max_bytes = 0xfffffff0;

  /// Takes in a file that the statement at `included_at` asks for. The reference stays valid.
  /// nullptr: there would be more than max_bytes.
  const SourceFile* include(std::string name, std::string text, Span included_at);

  /// The file that `offset` is in; its end belongs to it.
  const SourceFile& file_at(std::uint32_t offset) const;
  const SourceFile& first_file() const { return *files_.front(); }
  std::size_t files() const { return files_.size(); }
  /// In the order in which they were included. REQUIRES: index < files().
  const SourceFile& file(std::size_t index) const { return *files_[index]; }

  /// Of the first file.
  const std::string& name() const { return first_file().name; }
  /// REQUIRES: the span is within one file.
  std::string_view text(Span span) const {
    const SourceFile& file = file_at(span.begin);
    return std::string_view{file.text}.substr(span.begin - file.begin, span.end - span.begin);
  }

  /// In the file that `offset` is in.
  LineColumn locate(std::uint32_t offset) const;
  /// The whole line that `offset` is in, without its end.
  Span line_around(std::uint32_t offset) const;
  /// "net.conf:3:15".
  std::string place_name(std::uint32_t offset) const;

 private:
  std::vector<std::unique_ptr<SourceFile>> files_;  // by ascending offset
};

/// All of `source` as one file: what a file includes stands in the place of the `include`, which
/// becomes a comment.
std::string without_includes(const SourceText& source);

}  // namespace apiary

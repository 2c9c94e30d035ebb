#include "config/source_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "base/utf8.h"

namespace apiary {
namespace {

std::unique_ptr<SourceFile> make_file(std::string name, std::string text, std::uint32_t begin) {
  auto file = std::make_unique<SourceFile>(
      SourceFile{.name = std::move(name), .text = std::move(text), .begin = begin});
  file->line_starts.push_back(0);
  for (std::uint32_t i = 0; i < file->text.size(); ++i) {
    const bool is_lone_return =
        file->text[i] == '\r' && i + 1 < file->text.size() && file->text[i + 1] != '\n';
    if (file->text[i] == '\n' || is_lone_return) file->line_starts.push_back(i + 1);
  }
  return file;
}

/// The index of the line that contains the byte `at` of `file`.
std::size_t line_index(const SourceFile& file, std::uint32_t at) {
  const auto after = std::upper_bound(file.line_starts.begin(), file.line_starts.end(), at);
  return static_cast<std::size_t>(after - file.line_starts.begin()) - 1;
}

/// Appends `file` with its included files to `whole`.
void append_whole(std::string& whole, const SourceText& source, const SourceFile& file) {
  std::uint32_t at = file.begin;
  for (std::size_t i = 0; i < source.files(); ++i) {
    const SourceFile& included = source.file(i);
    if (!included.included_at || &source.file_at(included.included_at->begin) != &file) continue;
    whole += source.text({at, included.included_at->begin});
    std::string statement(source.text(*included.included_at));
    std::replace(statement.begin(), statement.end(), '\n', ' ');
    whole += "# " + statement + "\n";
    append_whole(whole, source, included);
    if (whole.back() != '\n') whole += '\n';
    at = included.included_at->end;
  }
  whole += source.text({at, file.end()});
}

}  // namespace

SourceText::SourceText(std::string name, std::string text) {
  assert(text.size() < max_bytes);
  files_.push_back(make_file(std::move(name), std::move(text), 0));
}

const SourceFile* SourceText::include(std::string name, std::string text, Span included_at) {
  // One more than the end of the last file, since diagnostics may point at its end.
  const std::size_t begin = std::size_t{files_.back()->end()} + 1;
  if (begin + text.size() >= max_bytes) return nullptr;
  files_.push_back(make_file(std::move(name), std::move(text), static_cast<std::uint32_t>(begin)));
  files_.back()->included_at = included_at;
  return files_.back().get();
}

const SourceFile& SourceText::file_at(std::uint32_t offset) const {
  const auto after = std::upper_bound(
      files_.begin(), files_.end(), offset,
      [](std::uint32_t at, const std::unique_ptr<SourceFile>& file) { return at < file->begin; });
  return **std::prev(after);
}

LineColumn SourceText::locate(std::uint32_t offset) const {
  const SourceFile& file = file_at(offset);
  const std::size_t line = line_index(file, offset - file.begin);
  LineColumn place{line + 1, 1};
  for (std::uint32_t at = file.line_starts[line]; at < offset - file.begin; ++place.column)
    at += static_cast<std::uint32_t>(character_bytes(std::string_view{file.text}.substr(at)));
  return place;
}

Span SourceText::line_around(std::uint32_t offset) const {
  const SourceFile& file = file_at(offset);
  const std::size_t line = line_index(file, offset - file.begin);
  const std::uint32_t start = file.line_starts[line];
  std::uint32_t end = line + 1 < file.line_starts.size()
                          ? file.line_starts[line + 1] - 1
                          : static_cast<std::uint32_t>(file.text.size());
  if (end > start && file.text[end - 1] == '\r') --end;
  return {file.begin + start, file.begin + end};
}

std::string SourceText::place_name(std::uint32_t offset) const {
  const LineColumn at = locate(offset);
  return fmt::format("{}:{}:{}", file_at(offset).name, at.line, at.column);
}

std::string without_includes(const SourceText& source) {
  std::string whole;
  append_whole(whole, source, source.first_file());
  return whole;
}

}  // namespace apiary

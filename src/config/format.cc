#include "config/format.h"

#include "config/statement_printer.h"

namespace apiary {
namespace {

/// Collects lines and keeps the gaps between them.
class LineWriter {
 public:
  explicit LineWriter(const SourceText& source) : source_(source) {}

  void write_line(std::string_view text, Span place) {
    if (!text_.empty() && source_.locate(place.begin).line > last_line_ + 1) text_ += '\n';
    text_ += text;
    text_ += '\n';
    last_line_ = source_.locate(place.end).line;
  }

  /// Whether `place` begins on the line where the last written place ends.
  bool is_on_last_line(Span place) const {
    return !text_.empty() && source_.locate(place.begin).line == last_line_;
  }

  void append_to_last_line(std::string_view text) {
    text_.pop_back();
    text_ += "  ";
    text_ += text;
    text_ += '\n';
  }

  std::string take() { return std::move(text_); }

 private:
  const SourceText& source_;
  std::string text_;
  std::size_t last_line_ = 0;
};

std::string_view comment_text(const SourceText& source, Span comment) {
  std::string_view text = source.text(comment);
  const std::size_t last = text.find_last_not_of(" \t\r");
  return text.substr(0, last + 1);
}

}  // namespace

tl::expected<std::string, Diagnostics> format_configuration(SourceText& source,
                                                            const PortNames& port_names) {
  const ParsedText parsed = parse(source, {.port_names = port_names, .load_file = {}});
  if (has_errors(parsed.diagnostics)) return tl::unexpected(parsed.diagnostics);

  LineWriter writer(source);
  auto comment = parsed.comments.begin();
  const auto write_comments_before = [&](std::uint32_t end) {
    for (; comment != parsed.comments.end() && comment->begin < end; ++comment) {
      const std::string_view text = comment_text(source, *comment);
      if (writer.is_on_last_line(*comment))
        writer.append_to_last_line(text);
      else
        writer.write_line(text, *comment);
    }
  };
  for (const Statement& statement : parsed.statements) {
    write_comments_before(statement.place.end);
    writer.write_line(format_statement(statement, source), statement.place);
  }
  write_comments_before(source.first_file().end() + 1);
  return writer.take();
}

}  // namespace apiary

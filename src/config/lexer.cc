#include "config/lexer.h"

#include <fmt/format.h>

#include <algorithm>

#include "config/foreign_syntax.h"
#include "config/keywords.h"

namespace apiary {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}
bool is_line_end(char c) { return c == '\n' || c == '\r'; }
/// '=' is a token of its own, so that `source os="..."` reads as it does with spaces.
bool ends_word(char c) { return is_space(c) || c == '"' || c == '#' || c == '='; }

class Lexer {
 public:
  explicit Lexer(const SourceFile& file) : text_(file.text), base_(file.begin) {}

  LexedText run() {
    if (const ForeignFile foreign = foreign_file(text_); !foreign.what.empty()) {
      result_.diagnostics.push_back(
          {.place = span(0),
           .message = fmt::format("this is not a configuration: {}", foreign.what),
           .hint = foreign.hint});
      at_ = text_.size();
    }
    result_.tokens.reserve(text_.size() / 6);
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
      if (text_.substr(at_).starts_with("//") || (starts_line_ && text_[at_] == ';'))
        skip_foreign_comment();
      else if (text_[at_] == '"')
        take_quoted();
      else if (text_[at_] == '\'' || text_[at_] == '`' || typographic_quote(text_, at_) != 0)
        take_foreign_quoted();
      else
        take_word();
    }
    push(TokenKind::end, at_, {});
    return std::move(result_);
  }

 private:
  std::size_t line_end() const { return std::min(text_.find_first_of("\r\n", at_), text_.size()); }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        const std::size_t begin = at_;
        at_ = line_end();
        result_.comments.push_back(span(begin));
        continue;
      }
      if (const std::size_t bytes = foreign_blank(text_, at_)) {
        at_ += bytes;
        continue;
      }
      if (!is_space(text_[at_])) return;
      if (is_line_end(text_[at_])) starts_line_ = true;
      ++at_;
    }
  }

  void skip_foreign_comment() {
    const std::size_t begin = at_;
    at_ = line_end();
    result_.diagnostics.push_back({.place = span(begin),
                                   .message = "this looks like a comment but is not one",
                                   .hint = "a comment begins with '#'"});
  }

  void take_word() {
    const std::size_t begin = at_++;
    if (text_[begin] != '=')
      while (at_ < text_.size() && !ends_word(text_[at_]) && foreign_blank(text_, at_) == 0) ++at_;
    push(TokenKind::word, begin, text_.substr(begin, at_ - begin));
  }

  /// The position of the quote that closes the text begun before `at`. If there is none, the
  /// position of the statement, the comment or the end of the file that shows it.
  std::size_t quoted_end(std::size_t at) const {
    for (; at < text_.size() && text_[at] != '"'; ++at) {
      const char next = at + 1 < text_.size() ? text_[at + 1] : '\0';
      if (text_[at] == '\\' && (next == '"' || next == '\\'))
        ++at;
      else if (is_line_end(text_[at]) && begins_something(at + 1))
        return at;
    }
    return std::min(at, text_.size());
  }

  /// Whether a line that starts at `at` begins with a statement's word, or is a comment.
  bool begins_something(std::size_t at) const {
    const std::size_t begin = std::min(text_.find_first_not_of(" \t", at), text_.size());
    if (begin < text_.size() && text_[begin] == '#') return true;
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n", begin), text_.size());
    return is_statement_word(text_.substr(begin, end - begin));
  }

  void take_quoted() {
    const std::size_t begin = at_++;
    const std::size_t line = line_end(), end = quoted_end(at_);
    const bool is_closed = end < text_.size() && text_[end] == '"';
    if (is_closed && end < line) {
      at_ = end + 1;
      return push(TokenKind::quoted, begin, text_.substr(begin + 1, end - begin - 1));
    }
    for (std::size_t i = at_; i < line; ++i)
      if (const std::size_t bytes = typographic_quote(text_, i)) return close_at(begin, i, bytes);
    at_ = is_closed ? end + 1 : line;
    const std::string_view inner = text_.substr(begin + 1, (is_closed ? end : line) - begin - 1);
    if (is_closed)
      result_.diagnostics.push_back(
          {.severity = Severity::notice,
           .place = span(begin),
           .message =
               "this quoted text continues on the next line; the line end counts as a space"});
    else
      result_.diagnostics.push_back(
          {.place = span(begin),
           .message = "the quoted text does not end",
           .hint = inner.ends_with("\\\"")
                       ? R"(\" is a quote inside of the text; write \\ for a '\')"
                       : "write its closing '\"' on the same line"});
    push(TokenKind::quoted, begin, inner);
  }

  /// Takes the quoted text that begins at `begin` and ends with a quotation mark of another kind.
  void close_at(std::size_t begin, std::size_t mark, std::size_t mark_bytes) {
    const std::string_view inner = text_.substr(begin + 1, mark - begin - 1);
    at_ = mark + mark_bytes;
    report_foreign_quotes(begin, inner);
    push(TokenKind::quoted, begin, inner);
  }

  /// Takes a text between quotation marks of another kind, or a word that begins with one.
  void take_foreign_quoted() {
    const std::size_t begin = at_;
    const std::size_t opening = std::max<std::size_t>(typographic_quote(text_, at_), 1);
    // Plain ones may also be part of a text.
    const bool is_plain = text_[at_] == '\'' || text_[at_] == '`';
    const auto closing_at = [&](std::size_t i) -> std::size_t {
      if (!is_plain) return text_[i] == '"' ? 1 : typographic_quote(text_, i);
      return text_[i] == '\'' || text_[i] == text_[begin] ? 1 : 0;
    };
    const std::size_t line = line_end();
    std::size_t mark = begin + opening;
    while (mark < line && closing_at(mark) == 0) ++mark;
    if (mark == line) {
      mark = begin + opening;
      while (mark < line && !is_space(text_[mark])) ++mark;
    }
    at_ = mark < line ? mark + closing_at(mark) : mark;
    const std::string_view inner = text_.substr(begin + opening, mark - begin - opening);
    report_foreign_quotes(begin, inner);
    push(TokenKind::quoted, begin, inner);
  }

  void report_foreign_quotes(std::size_t begin, std::string_view inner) {
    result_.diagnostics.push_back({.place = span(begin),
                                   .message = "write texts between plain double quotes",
                                   .hint = fmt::format("write \"{}\"", inner)});
  }

  Span span(std::size_t begin) const {
    return {base_ + static_cast<std::uint32_t>(begin), base_ + static_cast<std::uint32_t>(at_)};
  }
  void push(TokenKind kind, std::size_t begin, std::string_view text) {
    result_.tokens.push_back({kind, starts_line_, span(begin), text});
    starts_line_ = false;
  }

  std::string_view text_;
  std::uint32_t base_;
  std::size_t at_ = 0;
  bool starts_line_ = true;
  LexedText result_;
};

}  // namespace

LexedText lex(const SourceFile& file) { return Lexer{file}.run(); }
LexedText lex(const SourceText& source) { return lex(source.first_file()); }

std::string unescaped(const Token& quoted) {
  std::string text;
  text.reserve(quoted.text.size());
  for (std::size_t i = 0; i < quoted.text.size(); ++i) {
    const char c = quoted.text[i], next = i + 1 < quoted.text.size() ? quoted.text[i + 1] : '\0';
    if (is_line_end(c)) {  // with the blanks around it
      while (!text.empty() && is_space(text.back())) text.pop_back();
      while (i + 1 < quoted.text.size() && is_space(quoted.text[i + 1])) ++i;
      if (!text.empty() && i + 1 < quoted.text.size()) text += ' ';
      continue;
    }
    if (c == '\\' && (next == '"' || next == '\\')) ++i;
    text += quoted.text[i];
  }
  return text;
}

}  // namespace apiary

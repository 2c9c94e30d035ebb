#include "config/lexer.h"

#include <algorithm>

namespace apiary {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}
/// '=' is a token of its own, so that `source os="..."` reads as it does with spaces.
bool ends_word(char c) { return is_space(c) || c == '"' || c == '#' || c == '='; }

class Lexer {
 public:
  explicit Lexer(const SourceFile& file) : text_(file.text), base_(file.begin) {
    if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
  }

  LexedText run() {
    result_.tokens.reserve(text_.size() / 6);
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
      if (text_[at_] == '"') {
        take_quoted();
      } else {
        take_word();
      }
      starts_line_ = false;
    }
    push(TokenKind::end, at_, {});
    return std::move(result_);
  }

 private:
  std::size_t line_end() const { return std::min(text_.find('\n', at_), text_.size()); }

  void skip_blanks() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') {
        const std::size_t begin = at_;
        at_ = line_end();
        result_.comments.push_back(span(begin));
        continue;
      }
      if (!is_space(text_[at_])) return;
      if (text_[at_] == '\n') starts_line_ = true;
      ++at_;
    }
  }

  void take_word() {
    const std::size_t begin = at_++;
    if (text_[begin] != '=')
      while (at_ < text_.size() && !ends_word(text_[at_])) ++at_;
    push(TokenKind::word, begin, text_.substr(begin, at_ - begin));
  }

  void take_quoted() {
    const std::size_t begin = at_;
    const std::size_t end = line_end();
    for (++at_; at_ < end && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\' && at_ + 1 < end && (text_[at_ + 1] == '"' || text_[at_ + 1] == '\\'))
        ++at_;
    const std::string_view inner = text_.substr(begin + 1, at_ - begin - 1);
    if (at_ < end) {
      ++at_;
    } else {
      result_.diagnostics.push_back({.place = span(begin),
                                     .message = "the quoted text does not end",
                                     .hint = "write its closing '\"' on the same line"});
    }
    push(TokenKind::quoted, begin, inner);
  }

  Span span(std::size_t begin) const {
    return {base_ + static_cast<std::uint32_t>(begin), base_ + static_cast<std::uint32_t>(at_)};
  }
  void push(TokenKind kind, std::size_t begin, std::string_view text) {
    result_.tokens.push_back({kind, starts_line_, span(begin), text});
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
    const char next = i + 1 < quoted.text.size() ? quoted.text[i + 1] : '\0';
    if (quoted.text[i] == '\\' && (next == '"' || next == '\\')) ++i;
    text += quoted.text[i];
  }
  return text;
}

}  // namespace apiary

#include "scanner.h"

#include <fmt/format.h>

#include <charconv>

namespace apiary::script {
namespace {

bool is_word_character(char c, std::string_view also) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         also.find(c) != std::string_view::npos;
}

}  // namespace

void Scanner::fail(std::string expected) {
  if (error_) return;
  error_ = std::move(expected);
  error_column_ = at_;
  at_ = line_.size();
}

void Scanner::skip_space() {
  while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t')) ++at_;
  if (rest().starts_with("//")) at_ = line_.size();
}

bool Scanner::at_end() {
  skip_space();
  return at_ == line_.size();
}

std::size_t Scanner::length_of(std::string_view text) {
  skip_space();
  std::size_t at = at_;
  for (const char c : text) {
    if (at == line_.size() || line_[at] != c) return 0;
    ++at;
    while (c == ' ' && at < line_.size() && line_[at] == ' ') ++at;
  }
  const bool cuts_a_word = !text.empty() && is_word_character(text.back(), "_") &&
                           at < line_.size() && is_word_character(line_[at], "_");
  return cuts_a_word ? 0 : at - at_;
}

bool Scanner::sees(std::string_view text) { return ok() && length_of(text) > 0; }

bool Scanner::take(std::string_view text) {
  if (!ok()) return false;
  const std::size_t length = length_of(text);
  at_ += length;
  return length > 0;
}

void Scanner::expect(std::string_view text) {
  if (!take(text)) fail(fmt::format("'{}'", text));
}

std::uint64_t Scanner::number(std::string_view what, std::uint64_t maximum) {
  skip_space();
  const std::size_t start = at_;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(line_.data() + at_, line_.data() + line_.size(), value);
  if (error != std::errc{} || value > maximum) {
    fail(fmt::format("{} (a number up to {})", what, maximum));
    return 0;
  }
  at_ = start + static_cast<std::size_t>(end - (line_.data() + start));
  return value;
}

std::optional<std::uint32_t> Scanner::number_or_any(std::string_view what) {
  if (take("*")) return {};
  return static_cast<std::uint32_t>(number(what, 0xffffffff));
}

std::string Scanner::peek_word(std::string_view also) {
  skip_space();
  std::size_t end = at_;
  while (end < line_.size() && is_word_character(line_[end], also)) ++end;
  return std::string(line_.substr(at_, end - at_));
}

std::string Scanner::word(std::string_view what, std::string_view also) {
  std::string result = peek_word(also);
  if (result.empty()) fail(std::string(what));
  at_ += result.size();
  return result;
}

std::string Scanner::quoted() {
  skip_space();
  if (!rest().starts_with('"')) fail("text in double quotes");
  std::string text;
  for (++at_; at_ < line_.size() && line_[at_] != '"'; ++at_) {
    if (line_[at_] != '\\' || at_ + 1 == line_.size()) {
      text += line_[at_];
      continue;
    }
    switch (const char escaped = line_[++at_]) {
      case 'n':
        text += '\n';
        break;
      case 'r':
        text += '\r';
        break;
      case 't':
        text += '\t';
        break;
      case 'x': {
        const std::string_view digits = line_.substr(at_ + 1).substr(0, 2);
        std::uint8_t byte = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (error != std::errc{} || end != digits.data() + 2) fail("two hexadecimal digits");
        text += static_cast<char>(byte);
        at_ += 2;
        break;
      }
      default:
        text += escaped;
    }
  }
  if (at_ >= line_.size()) fail("a closing double quote");
  ++at_;
  return text;
}

std::string Scanner::until(char end) {
  skip_space();
  const std::size_t start = at_;
  int depth = 0;
  for (; at_ < line_.size(); ++at_) {
    if (line_[at_] == end && depth == 0) return std::string(line_.substr(start, at_++ - start));
    if (line_[at_] == '[' || line_[at_] == '(') ++depth;
    if (line_[at_] == ']' || line_[at_] == ')') --depth;
  }
  fail(fmt::format("'{}'", end));
  return {};
}

IpAddress Scanner::address() {
  const auto parsed = parse_ip_address(peek_word("."));
  if (!parsed) {
    fail("an IP address");
    return {};
  }
  word("", ".");
  return *parsed;
}

MacAddress Scanner::mac() {
  const auto parsed = parse_mac_address(peek_word(":"));
  if (!parsed) {
    fail("a link-layer address");
    return {};
  }
  word("", ":");
  return *parsed;
}

}  // namespace apiary::script

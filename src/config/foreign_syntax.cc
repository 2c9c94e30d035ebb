#include "config/foreign_syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/ascii.h"

namespace apiary {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_name(char c) { return is_letter(c) || is_digit(c) || c == '_'; }

/// The length of the first of `candidates` found in `text` at `at`. None of them begins with ASCII.
std::size_t length_of_first(std::span<const std::string_view> candidates, std::string_view text,
                            std::size_t at) {
  if (at >= text.size() || static_cast<unsigned char>(text[at]) < 0x80) return 0;
  for (const std::string_view candidate : candidates)
    if (text.substr(at).starts_with(candidate)) return candidate.size();
  return 0;
}

/// Whether the byte of `text` at `at` continues a UTF-8 character.
bool is_within_character(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  return at > 0 && byte(at - 1) >= 0x80;
}

bool begins_with_assignment(std::string_view command) {
  const auto end = std::find_if_not(command.begin(), command.end(), is_name);
  return end != command.begin() && end != command.end() && *end == '=' && !is_digit(command[0]);
}

/// The first piece of `command` outside quotes that only a shell interprets; empty: none.
std::string_view first_shell_syntax(std::string_view command) {
  char quote = '\0';
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    const bool ends_word = i + 1 == command.size() || is_blank(command[i + 1]);
    const bool begins_word = i == 0 || is_blank(command[i - 1]);
    if (c == '\\' && quote != '\'') {
      ++i;
    } else if (quote != '\0' && c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (quote != '\'' && (c == '`' || command.substr(i).starts_with("$("))) {
      return command.substr(i, c == '`' ? 1 : 2);
    } else if (quote == '\0' && (c == '|' || c == '<' || c == '>')) {
      return command.substr(i, command.substr(i).starts_with(">>") ? 2 : 1);
    } else if (quote == '\0' && (c == '&' || c == ';') && (begins_word || ends_word)) {
      return command.substr(i, command.substr(i).starts_with("&&") ? 2 : 1);
    }
  }
  return {};
}

}  // namespace

std::size_t foreign_blank(std::string_view text, std::size_t at) {
  static constexpr auto blanks =
      std::to_array<std::string_view>({"\xc2\xa0", "\xe2\x80\x8b", "\xef\xbb\xbf"});
  return length_of_first(blanks, text, at);
}

std::size_t typographic_quote(std::string_view text, std::size_t at) {
  static constexpr auto marks = std::to_array<std::string_view>(
      {"\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9a", "\xe2\x80\x9b", "\xe2\x80\x9c",
       "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\x9f", "\xe2\x80\xb2", "\xe2\x80\xb3",
       "\xe2\x80\xb9", "\xe2\x80\xba", "\xc2\xab", "\xc2\xbb", "\xef\xbc\x82"});
  if (const std::size_t length = length_of_first(marks, text, at)) return length;
  static constexpr auto of_windows =
      std::to_array<std::string_view>({"\x91", "\x92", "\x93", "\x94", "\x84", "\xab", "\xbb"});
  return is_within_character(text, at) ? 0 : length_of_first(of_windows, text, at);
}

ForeignFile foreign_file(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    return {"it is in UTF-16", "save it as UTF-8, for example: iconv -f UTF-16 -t UTF-8"};
  if (text.starts_with("\x1f\x8b")) return {"it is compressed", "unpack it first: gunzip"};
  if (text.find('\0') != std::string_view::npos)
    return {"it has zero bytes in it, so it is not text", "save it as plain text in UTF-8"};
  return {};
}

std::string foreign_word_hint(std::string_view word) {
  const auto begins = [&](std::string_view with) { return word.starts_with(with); };
  if (begins("//") || begins("/*") || begins("--") || begins("!") || begins("%") ||
      (begins(";") && word.size() != 1))
    return "a comment begins with '#'";
  if (word == ";") return "a comment begins with '#', and a statement ends without a ';'";
  if (word.ends_with(';')) return "a statement ends without a ';'";
  if (word == "\\") return "statements continue on the next line without a '\\': remove it";
  if (word == "{" || word == "}") return "there are no blocks: every statement names its template";
  if (word == "=") return "leave the '=' out";
  if (word.find(',') != std::string_view::npos)
    return "no ',' separates values: write a statement for each, or a range";
  if ((begins("<") && word.ends_with('>')) || begins("{{") || (begins("[") && word.ends_with(']')))
    return "write the real value in place of the placeholder";
  if (word.find("\xe2\x80\x93") != std::string_view::npos ||
      word.find("\xe2\x80\x94") != std::string_view::npos)
    return "write a plain '-'";
  return {};
}

ShellSyntax shell_syntax(std::string_view command) {
  if (begins_with_assignment(command))
    return {fmt::format("'{}'", command.substr(0, command.find('=') + 1)),
            fmt::format("have env(1) set it: env {}", command)};
  if (command.starts_with("~/")) return {"'~'", "write the whole path"};
  const std::string_view piece = first_shell_syntax(command);
  if (piece.empty()) return {};
  return {fmt::format("'{}'", piece), command.find('\'') == std::string_view::npos
                                          ? fmt::format("have a shell run it: sh -c '{}'", command)
                                          : "have a shell run it: write it into a script"};
}

std::string_view action_called(std::string_view word) {
  struct Synonym {
    std::string_view word, action;
  };
  static constexpr Synonym synonyms[] = {
      {"accept", "open"},  {"allow", "open"},   {"enable", "open"},  {"listen", "open"},
      {"pass", "open"},    {"permit", "open"},  {"deny", "block"},   {"discard", "block"},
      {"drop", "block"},   {"filter", "block"}, {"ignore", "block"}, {"close", "reset"},
      {"refuse", "reset"}, {"reject", "reset"}, {"rst", "reset"},
  };
  const auto same = [&](const Synonym& synonym) {
    return std::equal(word.begin(), word.end(), synonym.word.begin(), synonym.word.end(),
                      [](char a, char b) {
                        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
                      });
  };
  const auto* const found = std::find_if(std::begin(synonyms), std::end(synonyms), same);
  return found == std::end(synonyms) ? std::string_view{} : found->action;
}

}  // namespace apiary

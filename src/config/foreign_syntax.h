#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace apiary {

/// How many bytes of `text` at `at` are a blank that looks like a space and is none: a no-break
/// space, a zero-width space, a byte order mark in the middle of a file. 0: none is there.
std::size_t foreign_blank(std::string_view text, std::size_t at);

/// How many bytes of `text` at `at` are a quotation mark of another language or of a word
/// processor, in UTF-8 or in Windows' code page. 0: none is there.
std::size_t typographic_quote(std::string_view text, std::size_t at);

/// What a file that cannot be a configuration is instead, from its first bytes and its zero bytes,
/// as a clause that begins with "it"; empty when it may be one. `hint`: what makes it one.
struct ForeignFile {
  std::string what{}, hint{};
};
ForeignFile foreign_file(std::string_view text);

/// What to do about a word that another language would have in its place: a comment, a separator, a
/// placeholder. Empty when it resembles none.
std::string foreign_word_hint(std::string_view word);

/// What must be said of a command that counts on a shell, as no shell reads it: the characters in
/// question, and a command that has one. Empty when it counts on none.
struct ShellSyntax {
  std::string what{}, hint{};
};
ShellSyntax shell_syntax(std::string_view command);

/// The action that a word of a firewall means: `open` for "allow". Empty: none.
std::string_view action_called(std::string_view word);

}  // namespace apiary

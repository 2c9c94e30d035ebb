#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace apiary {

/// The length in bytes of a blank at `at` in `text` that is not an ASCII space: a no-break space, a
/// zero-width space, a byte order mark inside a file. 0: none.
std::size_t foreign_blank(std::string_view text, std::size_t at);

/// The length in bytes of a typographic quotation mark at `at` in `text`, in UTF-8 or in Windows'
/// code page. 0: none.
std::size_t typographic_quote(std::string_view text, std::size_t at);

/// Recognizes files that cannot be configurations by their first bytes and zero bytes. `what`: a
/// clause that begins with "it"; empty if the file may be one. `hint`: how to convert it.
struct ForeignFile {
  std::string what{}, hint{};
};
ForeignFile foreign_file(std::string_view text);

/// A hint about a word from another language: a comment, a separator, a placeholder. Empty if it
/// resembles none.
std::string foreign_word_hint(std::string_view word);

/// Recognizes shell syntax in a command, which no shell reads. `what`: the characters; `hint`: a
/// command that runs a shell. Empty if there is none.
struct ShellSyntax {
  std::string what{}, hint{};
};
ShellSyntax shell_syntax(std::string_view command);

/// The action for a firewall's word: `open` for "allow". Empty: none.
std::string_view action_called(std::string_view word);

}  // namespace apiary

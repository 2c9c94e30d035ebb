#include "prober/command_text.h"

#include <filesystem>

#include "posix/read_file.h"
#include "session/command_words.h"

namespace apiary {

std::string command_text(const std::string& command, const std::string& folder) {
  constexpr std::size_t most_bytes = 65'536;
  std::string text;
  for (const std::string& word : split_command(command)) {
    const auto path = std::filesystem::path(folder) / word;  // an absolute word stays itself
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error) || error) continue;
    const auto read = read_file(path);
    // A compiled program: a shell has words of everything.
    if (!read || read->find('\0') != read->npos) continue;
    text += read->substr(0, most_bytes) + "\n";
  }
  return text;
}

}  // namespace apiary

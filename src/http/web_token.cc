#include "http/web_token.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/printable.h"
#include "posix/file_descriptor.h"
#include "posix/read_file.h"
#include "posix/system_error.h"

namespace apiary {
namespace {

constexpr std::size_t shortest_token = 16;
constexpr std::size_t random_bytes = 24;

}  // namespace

tl::expected<std::string, std::string> read_web_token(const std::string& path) {
  const std::string text = read_file(path).value_or("");
  const std::string token = text.substr(0, text.find_first_of("\r\n"));
  if (token.empty())
    return tl::unexpected(fmt::format(
        "cannot read a token from {}; create one with: (umask 077; head -c 24 /dev/urandom | "
        "base64 > {})",
        path, path));
  const bool is_sane =
      std::ranges::all_of(token, [](char letter) { return is_printable(letter) && letter != ' '; });
  if (token.size() < shortest_token || !is_sane)
    return tl::unexpected(
        fmt::format("the first line of {} is not a token: it needs at least {} printable "
                    "characters without spaces",
                    path, shortest_token));
  return token;
}

tl::expected<std::string, std::string> read_or_make_web_token(const std::string& path) {
  const FileDescriptor file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file && errno != EEXIST)
    return tl::unexpected(to_string(last_system_error("creating a token in " + path)) +
                          ": name another file with --web-token FILE");
  if (file) {
    const std::string line = random_token() + "\n";
    if (write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
      return tl::unexpected(to_string(last_system_error("writing a token to " + path)));
  }
  return read_web_token(path);
}

std::string random_token() {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<unsigned char, random_bytes> bytes{};
  // So few bytes come in one piece; without them there is no security.
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  std::string text;
  for (std::size_t i = 0; i + 2 < bytes.size(); i += 3) {
    const unsigned three = bytes[i] << 16U | bytes[i + 1] << 8U | bytes[i + 2];
    for (const unsigned shift : {18U, 12U, 6U, 0U}) text += letters[three >> shift & 63U];
  }
  return text;
}

bool is_same_token(const std::string& one, const std::string& other) {
  unsigned difference = one.size() != other.size();
  for (std::size_t i = 0; i < one.size(); ++i) {
    const char theirs = i < other.size() ? other[i] : '\0';
    difference |= static_cast<unsigned char>(theirs ^ one[i]);
  }
  return difference == 0;
}

}  // namespace apiary

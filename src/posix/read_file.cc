#include "posix/read_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "posix/file_descriptor.h"

namespace apiary {
namespace {

using Text = tl::expected<std::string, std::string>;

tl::unexpected<std::string> cannot_read(const std::string& path, const std::string& why) {
  return tl::unexpected(fmt::format("cannot read {}: {}", path, why));
}

tl::unexpected<std::string> too_large(const std::string& path) {
  return cannot_read(path, fmt::format("it is larger than {} MiB", max_file_bytes >> 20));
}

/// "a pipe": the type of a file that is not regular.
const char* kind_called(mode_t mode) {
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return S_ISBLK(mode) ? "a disk" : "a device";
}

/// Checks that `path` can be read as a regular file. Error: why not.
tl::expected<void, std::string> must_be_regular(const std::string& path, const struct stat& found) {
  if (S_ISDIR(found.st_mode)) return cannot_read(path, std::strerror(EISDIR));
  if (!S_ISREG(found.st_mode))
    return cannot_read(path,
                       fmt::format("it is {}, not a regular file", kind_called(found.st_mode)));
  if (found.st_size > static_cast<off_t>(max_file_bytes)) return too_large(path);
  return {};
}

/// Reads `file` to its end. The file may grow meanwhile, or report a size of 0 (/proc).
Text read_to_end(int file, const std::string& path, std::size_t likely_bytes) {
  std::string text;
  std::size_t filled = 0;
  text.resize(likely_bytes + 1);
  while (true) {
    const ssize_t got = ::read(file, text.data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_read(path, std::strerror(errno));
    filled += static_cast<std::size_t>(got);
    if (filled > max_file_bytes) return too_large(path);
    if (got == 0) break;
    if (filled == text.size()) text.resize(2 * filled + 4096);
  }
  text.resize(filled);
  return text;
}

}  // namespace

Text read_file(const std::string& path) {
  struct stat found {};
  // Before open(), which has side effects on some devices.
  if (::stat(path.c_str(), &found) != 0) return cannot_read(path, std::strerror(errno));
  if (auto regular = must_be_regular(path, found); !regular)
    return tl::unexpected(std::move(regular.error()));
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file || ::fstat(file.get(), &found) != 0) return cannot_read(path, std::strerror(errno));
  if (auto regular = must_be_regular(path, found); !regular)
    return tl::unexpected(std::move(regular.error()));
  return read_to_end(file.get(), path, static_cast<std::size_t>(found.st_size));
}

Text read_input(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0 && !S_ISFIFO(found.st_mode) && !S_ISCHR(found.st_mode))
    return read_file(path);
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC));
  if (!file) return cannot_read(path, std::strerror(errno));
  return read_to_end(file.get(), path, 0);
}

}  // namespace apiary

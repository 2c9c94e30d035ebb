#include "sandbox/left_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace apiary {
namespace {

constexpr int open_folder_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
constexpr int open_file_flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
constexpr std::size_t block_bytes = 65'536;

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

std::vector<std::string> names_in(const FileDescriptor& folder) {
  std::vector<std::string> names;
  const int number = fcntl(folder.get(), F_DUPFD_CLOEXEC, 0);
  const std::unique_ptr<DIR, CloseFolder> entries(number < 0 ? nullptr : fdopendir(number));
  while (const dirent* const entry = entries ? readdir(entries.get()) : nullptr)
    if (const std::string_view name = entry->d_name; name != "." && name != "..")
      names.emplace_back(name);
  std::ranges::sort(names);
  return names;
}

}  // namespace

void LeftFiles::read(const std::string& folder, const Report& report) {
  const FileDescriptor opened(open(folder.c_str(), open_folder_flags));
  struct stat found {};
  if (!opened || fstat(opened.get(), &found) != 0) return;
  device_ = found.st_dev;
  read_folder(opened, folder, 0, report);
}

void LeftFiles::read_folder(const FileDescriptor& folder, const std::string& path, int depth,
                            const Report& report) {
  for (const std::string& name : names_in(folder))
    read_entry(folder.get(), name.c_str(), path + "/" + name, depth, report);
}

void LeftFiles::read_entry(int folder, const char* name, const std::string& path, int depth,
                           const Report& report) {
  struct stat found {};
  if (fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) != 0 || found.st_dev != device_) return;
  if (S_ISDIR(found.st_mode)) {
    const FileDescriptor opened(openat(folder, name, open_folder_flags));
    if (!opened || depth >= limits_.depth)
      ++left_out_;
    else
      read_folder(opened, path, depth + 1, report);
    return;
  }
  if (!S_ISREG(found.st_mode)) return;
  if (reported_ >= limits_.files) {
    ++left_out_;
    return;
  }
  const FileDescriptor file(openat(folder, name, open_file_flags));
  // Another file may have taken its place meanwhile.
  if (file && (fstat(file.get(), &found) != 0 || !S_ISREG(found.st_mode))) return;
  ++reported_;
  const auto bytes = static_cast<std::uint64_t>(found.st_size);
  report({path, bytes, file ? hash_of(file.get(), bytes) : std::nullopt, file.get()});
}

std::optional<Sha256> LeftFiles::hash_of(int file, std::uint64_t bytes) {
  if (bytes > limits_.bytes_of_file || hashed_bytes_ + bytes > limits_.bytes_together) return {};
  sha256_ctx context;
  sha256_init(&context);
  std::vector<std::uint8_t> block(block_bytes);
  std::uint64_t read_bytes = 0;
  // It may grow while it is read: not beyond the size that was checked.
  while (read_bytes < bytes) {
    const ssize_t size =
        ::read(file, block.data(), std::min<std::uint64_t>(block.size(), bytes - read_bytes));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    sha256_update(&context, static_cast<std::size_t>(size), block.data());
    read_bytes += static_cast<std::uint64_t>(size);
  }
  hashed_bytes_ += read_bytes;
  if (read_bytes != bytes) return {};
  Sha256 hash{};
  sha256_digest(&context, hash.size(), hash.data());
  return hash;
}

}  // namespace apiary

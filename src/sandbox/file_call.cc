#include "sandbox/file_call.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <vector>

namespace apiary {
namespace {

constexpr int no_argument = -1;

/// Where a call has its arguments.
struct CallShape {
  std::string_view name;
  // A descriptor of the folder of relative paths; none: the working directory.
  int folder = no_argument;
  int path = 0;
  int flags = no_argument;               // of open(2)
  FileUse use = FileUse::change_folder;  // without flags
};

constexpr CallShape shapes[] = {
    {.name = "open", .path = 0, .flags = 1},
    {.name = "openat", .folder = 0, .path = 1, .flags = 2},
    {.name = "creat", .path = 0, .use = FileUse::create},
    {.name = "truncate", .path = 0, .use = FileUse::write},
    {.name = "chmod", .path = 0, .use = FileUse::write},
    {.name = "fchmodat", .folder = 0, .path = 1, .use = FileUse::write},
    {.name = "chown", .path = 0, .use = FileUse::write},
    {.name = "fchownat", .folder = 0, .path = 1, .use = FileUse::write},
    {.name = "unlink", .path = 0},
    {.name = "unlinkat", .folder = 0, .path = 1},
    {.name = "rmdir", .path = 0},
    {.name = "mkdir", .path = 0},
    {.name = "mkdirat", .folder = 0, .path = 1},
    {.name = "rename", .path = 0},
    {.name = "renameat", .folder = 0, .path = 1},
    {.name = "renameat2", .folder = 0, .path = 1},
    {.name = "link", .path = 1},
    {.name = "linkat", .folder = 2, .path = 3},
    {.name = "symlink", .path = 1},
    {.name = "symlinkat", .folder = 1, .path = 2},
    {.name = "mknod", .path = 0},
    {.name = "mknodat", .folder = 0, .path = 1},
};

// Folders of every machine. A view has little of them: what is missing there is hidden.
constexpr std::string_view machine_folders[] = {"/boot", "/etc", "/home", "/media",
                                                "/mnt",  "/opt", "/proc", "/root",
                                                "/run",  "/srv", "/sys",  "/var"};

bool is_at_or_below(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

FileUse use_of_flags(std::uint64_t flags) {
  if ((flags & O_CREAT) != 0) return FileUse::create;
  return (flags & O_ACCMODE) == O_RDONLY && (flags & O_TRUNC) == 0 ? FileUse::read : FileUse::write;
}

/// A string in the memory of a process; nothing if it is not there or too long.
std::optional<std::string> read_string(pid_t process, std::uint64_t place) {
  std::string text;
  std::array<char, PATH_MAX> buffer;
  while (text.size() < PATH_MAX) {
    // Up to the end of its page: the next one may not exist.
    const std::size_t page = 4096 - place % 4096;
    iovec here{buffer.data(), page};
    iovec there{reinterpret_cast<void*>(place), page};
    const ssize_t size = process_vm_readv(process, &here, 1, &there, 1, 0);
    if (size <= 0) return {};
    const std::string_view read(buffer.data(), static_cast<std::size_t>(size));
    const std::size_t end = read.find('\0');
    text += read.substr(0, end);
    if (end != std::string_view::npos) return text;
    place += read.size();
  }
  return {};
}

std::string target_of_link(const std::string& link) {
  std::array<char, PATH_MAX> target;
  const ssize_t size = readlink(link.c_str(), target.data(), target.size());
  return size <= 0 ? "" : std::string(target.data(), static_cast<std::size_t>(size));
}

/// As the program sees it: /proc/self is its own.
std::string absolute_path(std::string path, pid_t process, std::optional<int> folder) {
  for (const std::string_view self : {"/proc/self", "/proc/thread-self"})
    if (is_at_or_below(path, self)) path.replace(0, self.size(), fmt::format("/proc/{}", process));
  if (path.starts_with('/')) return path;
  const std::string link = !folder || *folder == AT_FDCWD
                               ? fmt::format("/proc/{}/cwd", process)
                               : fmt::format("/proc/{}/fd/{}", process, *folder);
  const std::string begin = target_of_link(link);
  return begin.starts_with('/') ? begin + (begin == "/" ? "" : "/") + path : "";
}

bool grants(const struct stat& file, const FileUser& user, unsigned wanted) {
  const unsigned shift = file.st_uid == user.user ? 6 : file.st_gid == user.group ? 3 : 0;
  return (file.st_mode >> shift & wanted) == wanted;
}

bool is_read_only(const std::string& path) {
  struct statvfs mounted {};
  return statvfs(path.c_str(), &mounted) == 0 && (mounted.f_flag & ST_RDONLY) != 0;
}

/// Devices and the like are written to on read-only mounts as well.
bool is_stored(const struct stat& file) { return S_ISREG(file.st_mode) || S_ISDIR(file.st_mode); }

bool refuses_change_of_folder(const std::string& path, const FileUser& user) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  struct stat found {};
  if (stat(folder.c_str(), &found) == 0)
    return is_read_only(folder) || !grants(found, user, W_OK | X_OK);
  return errno == EACCES || std::ranges::any_of(machine_folders, [&](std::string_view hidden) {
           return is_at_or_below(folder, hidden);
         });
}

/// Of a file that exists.
bool refuses(const struct stat& file, const std::string& path, FileUse use, const FileUser& user) {
  if (use == FileUse::read) return !grants(file, user, R_OK);
  if (!grants(file, user, W_OK)) return true;
  return is_stored(file) && is_read_only(path);
}

}  // namespace

bool is_file_call(std::string_view name) {
  return std::ranges::find(shapes, name, &CallShape::name) != std::end(shapes);
}

std::span<const char* const> folder_calls() {
  static const std::vector<const char*> names = [] {
    std::vector<const char*> found;
    for (const CallShape& shape : shapes)
      if (shape.flags == no_argument) found.push_back(shape.name.data());
    return found;
  }();
  return names;
}

std::optional<FileCall> read_file_call(const seccomp_notif& call, std::string_view name,
                                       pid_t process) {
  const auto* const shape = std::ranges::find(shapes, name, &CallShape::name);
  if (shape == std::end(shapes)) return {};
  const auto& arguments = call.data.args;
  auto path = read_string(process, arguments[shape->path]);
  if (!path || path->empty()) return {};
  std::optional<int> folder;
  if (shape->folder != no_argument) folder = static_cast<int>(arguments[shape->folder]);
  FileCall result{shape->flags == no_argument ? shape->use : use_of_flags(arguments[shape->flags]),
                  absolute_path(std::move(*path), process, folder)};
  if (result.path.empty()) return {};
  return result;
}

bool is_refused(const FileCall& call, const FileUser& user) {
  if (call.path == "/dev/null") return false;  // what shells write to most
  // Python caches compiled code beside the source, and runs without a cache if it may not write.
  if (call.path.find("/__pycache__") != std::string::npos) return false;
  if (call.use == FileUse::change_folder) return refuses_change_of_folder(call.path, user);
  struct stat found {};
  if (stat(call.path.c_str(), &found) == 0) return refuses(found, call.path, call.use, user);
  if (errno != ENOENT && errno != ENOTDIR) return errno == EACCES;
  if (call.use == FileUse::create) return refuses_change_of_folder(call.path, user);
  return std::ranges::any_of(
      machine_folders, [&](std::string_view folder) { return is_at_or_below(call.path, folder); });
}

}  // namespace apiary

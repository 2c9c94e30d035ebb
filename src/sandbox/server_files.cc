#include "sandbox/server_files.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "posix/file_descriptor.h"
#include "sandbox/program_limits.h"

namespace apiary {
namespace {

namespace fs = std::filesystem;

constexpr const char* parents[] = {"/run", "/var/log", "/var/lib", "/var/cache", "/var/spool"};
constexpr const char* writable_folders[] = {"/run", "/var"};
constexpr std::size_t max_folders = 600;  // the file systems hold 1,024 files and folders
constexpr unsigned long first_person = 1000, nobody = 65534;

/// The lines of accounts of the system, not of people: their third field is the number.
std::string system_accounts(const char* path) {
  std::ifstream file(path);
  std::string text;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name, password, number;
    std::getline(fields, name, ':');
    std::getline(fields, password, ':');
    std::getline(fields, number, ':');
    const unsigned long id = std::strtoul(number.c_str(), nullptr, 10);
    if (!number.empty() && (id < first_person || id == nobody)) text += line + "\n";
  }
  return text;
}

/// A mount of the view below a folder that is about to be covered.
struct Covered {
  std::string path;
  FileDescriptor mount;
  bool is_folder = false;
};

/// The mounts of this process below `folder`, those above others first.
std::vector<std::string> mounts_below(const std::string& folder) {
  std::ifstream file("/proc/self/mountinfo");
  std::vector<std::string> paths;
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string word, path;
    for (int i = 0; i < 4; ++i) fields >> word;
    if (fields >> path; path.starts_with(folder + "/")) paths.push_back(path);
  }
  std::ranges::sort(paths);
  // open_tree() copies what is mounted below as well.
  std::vector<std::string> tops;
  for (const std::string& path : paths)
    if (tops.empty() || !path.starts_with(tops.back() + "/")) tops.push_back(path);
  return tops;
}

std::vector<Covered> copy_mounts_below(const std::string& folder) {
  std::vector<Covered> covered;
  for (const std::string& path : mounts_below(folder)) {
    std::error_code error;
    covered.push_back(
        {path,
         FileDescriptor(
             open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE)),
         fs::is_directory(path, error)});
  }
  return covered;
}

bool put_back(const Covered& covered) {
  std::error_code error;
  const fs::path path = covered.path;
  fs::create_directories(covered.is_folder ? path : path.parent_path(), error);
  if (!covered.is_folder) std::ofstream(path).flush();
  return covered.mount &&
         move_mount(covered.mount.get(), "", AT_FDCWD, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

tl::expected<void, SystemError> files_failure(const std::string& what) {
  return tl::unexpected(last_system_error("the subsystem's files: " + what));
}

tl::expected<void, SystemError> mount_writable(const std::string& folder) {
  const std::vector<Covered> covered = copy_mounts_below(folder);
  if (mount("tmpfs", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, file_system_options) != 0)
    return files_failure("mount " + folder);
  for (const Covered& one : covered)
    if (!put_back(one)) return files_failure("mount " + one.path);
  return {};
}

/// Programs may write whatever umask we have.
void make_open_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  chmod(path.c_str(), 01777);
}

/// Mounts a text on a file of the read-only view.
tl::expected<void, SystemError> replace_text(const std::string& path, const std::string& text) {
  const std::string source = "/run/.text";
  std::ofstream(source) << text;
  chmod(source.c_str(), 0444);
  if (mount(source.c_str(), path.c_str(), nullptr, MS_BIND, nullptr) != 0)
    return files_failure("mount " + path);
  unlink(source.c_str());  // it stays where it is mounted
  constexpr unsigned long flags = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV;
  if (mount(nullptr, path.c_str(), nullptr, flags, nullptr) != 0)
    return files_failure("protect " + path);
  return {};
}

}  // namespace

ServerFiles read_server_files() {
  ServerFiles files;
  for (const char* parent : parents) {
    std::error_code error;
    for (fs::directory_iterator entry(parent, error), end; !error && entry != end;
         entry.increment(error)) {
      std::error_code ignored;
      if (files.folders.size() < max_folders && entry->is_directory(ignored) &&
          !entry->is_symlink(ignored))
        files.folders.push_back(entry->path().string());
    }
  }
  files.passwd = system_accounts("/etc/passwd");
  files.group = system_accounts("/etc/group");
  return files;
}

tl::expected<void, SystemError> mount_server_files(const ServerFiles& files) {
  for (const char* folder : writable_folders)
    if (auto done = mount_writable(folder); !done) return done;
  for (const char* parent : parents) make_open_folder(parent);
  for (const std::string& folder : files.folders) make_open_folder(folder);
  std::error_code error;
  fs::create_symlink("/tmp", "/var/tmp", error);
  fs::create_symlink("/run", "/var/run", error);
  if (!files.passwd.empty())
    if (auto done = replace_text("/etc/passwd", files.passwd); !done) return done;
  if (!files.group.empty())
    if (auto done = replace_text("/etc/group", files.group); !done) return done;
  return {};
}

}  // namespace apiary

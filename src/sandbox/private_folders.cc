#include "sandbox/private_folders.h"

#include <sys/mount.h>
#include <sys/vfs.h>

#include <filesystem>
#include <fstream>

#include "sandbox/program_limits.h"
#include "sandbox/sandbox_view.h"
#include "sandbox/view_paths.h"

namespace apiary {
namespace {

bool mount_tmpfs(const char* path) {
  umount2(path, MNT_DETACH);  // with what is mounted in it
  return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, file_system_options) == 0;
}

/// Files and folders.
std::uint64_t count_private_files() {
  std::uint64_t count = 0;
  for (const char* folder : private_folders)
    if (struct statfs status{}; statfs(folder, &status) == 0)
      count += status.f_files - status.f_ffree;
  return count;
}

/// Shows a file or folder of the view in a private folder.
bool mount_kept(const std::string& path) {
  const std::string source = kept_folder + path;
  std::error_code error;
  if (!std::filesystem::exists(source, error)) return true;
  if (std::filesystem::is_directory(source, error)) {
    std::filesystem::create_directories(path, error);
  } else {
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    std::ofstream(path).flush();
  }
  return mount(source.c_str(), path.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0;
}

}  // namespace

bool PrivateFolders::mount_empty() {
  for (const char* folder : private_folders)
    if (!mount_tmpfs(folder)) return false;
  for (const std::string& path : kept_)
    if (!mount_kept(path)) return false;
  files_ = count_private_files();
  return true;
}

bool PrivateFolders::are_empty() const { return count_private_files() == files_; }

}  // namespace apiary

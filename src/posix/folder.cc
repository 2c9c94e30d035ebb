#include "posix/folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace apiary {
namespace {

constexpr mode_t folder_mode = 0750;

bool is_folder(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

/// Recurses with ever shorter paths, so it ends.
tl::expected<void, SystemError> make_with_parents(const std::string& folder,
                                                  const std::optional<FolderOwner>& owner,
                                                  std::vector<std::string>& made) {
  struct stat found {};
  if (stat(folder.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) return {};
    return tl::unexpected(SystemError{folder + " is not a folder"});
  }
  const SystemError trouble = last_system_error("looking for the folder " + folder);
  if (lstat(folder.c_str(), &found) == 0 && S_ISLNK(found.st_mode) && trouble.number == ENOENT)
    return tl::unexpected(SystemError{folder + " is a symbolic link without a target"});
  const std::string parent = folder_of(folder);
  if ((trouble.number != ENOENT && trouble.number != ENOTDIR) || parent.size() >= folder.size())
    return tl::unexpected(trouble);
  if (auto above = make_with_parents(parent, owner, made); !above) return above;
  if (mkdir(folder.c_str(), folder_mode) != 0) {
    if (errno == EEXIST && is_folder(folder)) return {};
    if (errno == ENOENT)  // as in /proc
      return tl::unexpected(SystemError{"cannot create a folder in " + parent});
    return tl::unexpected(last_system_error("creating the folder " + folder));
  }
  made.push_back(folder);
  if (owner && chown(folder.c_str(), owner->user, owner->group) != 0)
    return tl::unexpected(last_system_error("changing the owner of the folder " + folder));
  return {};
}

}  // namespace

std::string folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

tl::expected<std::vector<std::string>, SystemError> make_folder(
    const std::string& folder, const std::optional<FolderOwner>& owner) {
  std::vector<std::string> made;
  if (const auto done = make_with_parents(folder, owner, made); !done) {
    for (auto each = made.rbegin(); each != made.rend(); ++each) rmdir(each->c_str());
    return tl::unexpected(done.error());
  }
  return made;
}

}  // namespace apiary

#include "sandbox/view_builder.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "sandbox/view_paths.h"

namespace apiary {
namespace {

namespace fs = std::filesystem;

constexpr std::pair<const char*, const char*> texts[] = {
    {"etc/passwd", "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n"},
    {"etc/group", "root:x:0:\nnogroup:x:65534:\n"},
    {"etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost\n"},
    {"etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"}};
// Where the view is put together; what is there on the machine is read before.
constexpr const char* workplaces[] = {"/tmp", "/run", "/mnt", "/var/tmp", "/home"};

std::string within(std::string_view root, std::string_view path) {
  return std::string(root) + "/" + std::string(path);
}

FileDescriptor copy_mount(const std::string& path) {
  return FileDescriptor(
      open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
}

bool move_to(const FileDescriptor& mount, const std::string& target) {
  return move_mount(mount.get(), "", AT_FDCWD, target.c_str(), MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

bool restrict_mount(const std::string& path, std::uint64_t attributes, unsigned flags) {
  mount_attr attr{};
  attr.attr_set = attributes;
  return mount_setattr(AT_FDCWD, path.c_str(), flags, &attr, sizeof attr) == 0;
}

/// The machine's /proc, by which a user namespace may have one of its own: the kernel wants that
/// all of it is visible. Without mounts over parts of it, if we may leave them out.
FileDescriptor copy_proc() {
  FileDescriptor whole(open_tree(AT_FDCWD, "/proc", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  return whole ? std::move(whole) : copy_mount("/proc");
}

}  // namespace

tl::expected<void, SystemError> view_failure(std::string what) {
  return tl::unexpected(last_system_error("sandbox: " + std::move(what)));
}

bool ViewBuilder::is_hidden(const std::string& canonical) const {
  return std::ranges::find(view_.hidden, canonical) != view_.hidden.end();
}

bool ViewBuilder::holds_hidden(const std::string& canonical) const {
  return std::ranges::any_of(
      view_.hidden, [&](const std::string& hidden) { return hidden.starts_with(canonical + "/"); });
}

bool ViewBuilder::has(const std::string& path) const {
  return is_built_in(path) || is_below(path, shown_) ||
         std::ranges::find(folders_, path, &Folder::path) != folders_.end();
}

void ViewBuilder::collect(const std::string& path, bool is_device) {
  if (!is_device) watch_.add(path);
  std::error_code ignored;
  const fs::file_status status = fs::symlink_status(path, ignored);
  if (status.type() == fs::file_type::not_found || status.type() == fs::file_type::none) return;
  if (fs::is_symlink(status) && fs::path(path).parent_path() == "/") {
    links_.emplace_back(path, fs::read_symlink(path, ignored).string());
    return;
  }
  if (has(path)) return;
  const std::string canonical = fs::weakly_canonical(path, ignored).string();
  if (is_hidden(canonical)) return;
  if (holds_hidden(canonical)) return collect_entries(path, canonical);
  FileDescriptor mount = copy_mount(path);
  if (!mount) {
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) error_ = errno;
    return;
  }
  trees_.push_back({path, std::move(mount), fs::is_directory(path, ignored), is_device});
  shown_.push_back(path);
}

/// The folder as it is now, without what is hidden, and without names that are new since the view
/// was first made: they may be copies of what is hidden. A mount of the folder with others on what
/// is hidden would show a hidden file as soon as somebody replaces it: a mount is on a file, not on
/// its name.
void ViewBuilder::collect_entries(const std::string& path, const std::string& canonical) {
  Folder folder{.path = path};
  if (stat(path.c_str(), &folder.status) != 0) return;
  folders_.push_back(folder);
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string inside = path + "/" + entry->path().filename().string();
    if (is_hidden(canonical + "/" + entry->path().filename().string()) || !watch_.allows(inside))
      continue;
    watch_.add(inside);
    std::error_code ignored;
    const fs::file_status status = entry->symlink_status(ignored);
    if (fs::is_symlink(status))
      links_.emplace_back(inside, fs::read_symlink(inside, ignored).string());
    else if (fs::is_directory(status) || fs::is_regular_file(status))
      collect(inside);
  }
}

tl::expected<void, SystemError> ViewBuilder::collect() {
  watch_.begin();
  for (const char* path : system_folders) collect(path);
  for (const char* path : system_files) collect(path);
  for (const char* path : system_devices) collect(path, true);
  collect(view_.directory);
  if (!has(view_.directory)) return view_failure(view_.directory);
  for (const std::string& path : view_.shown) collect(path);
  proc_ = copy_proc();
  if (error_ != 0) return tl::unexpected(SystemError{"sandbox: copy mounts", error_});
  return {};
}

std::string ViewBuilder::target_of(const std::string& path) const {
  return root_ + (is_in_private_folder(path) ? kept_folder : "") + path;
}

tl::expected<void, SystemError> ViewBuilder::put(const Tree& tree) {
  const std::string target = target_of(tree.path);
  std::error_code error;
  fs::create_directories(tree.is_folder ? fs::path(target) : fs::path(target).parent_path(), error);
  if (!tree.is_folder) std::ofstream(target, std::ios::app).flush();
  if (!move_to(tree.mount, target)) return view_failure("mount " + tree.path);
  std::uint64_t attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID;
  if (!tree.is_device) attributes |= MOUNT_ATTR_NODEV;
  if (!restrict_mount(target, attributes, AT_RECURSIVE))
    return view_failure("protect " + tree.path);
  return {};
}

tl::expected<void, SystemError> ViewBuilder::fill() {
  std::error_code error;
  for (const char* folder : {"etc", "dev/shm", "proc", "tmp", "var", "run", "root"})
    fs::create_directories(within(root_, folder), error);
  for (const auto& [name, text] : texts) std::ofstream(within(root_, name)) << text;
  for (const auto& [path, status] : folders_) {
    const std::string target = target_of(path);
    fs::create_directories(target, error);
    // Only root can: without root, all files are the programs' own user's anyway.
    if (chown(target.c_str(), status.st_uid, status.st_gid) == 0)
      chmod(target.c_str(), status.st_mode & 0777);
  }
  // Only those in the root: others may lead out of the view that is being made.
  for (const auto& [place, target] : links_)
    if (fs::path(place).parent_path() == "/") fs::create_symlink(target, root_ + place, error);
  for (const Tree& tree : trees_)
    if (auto done = put(tree); !done) return done;
  for (const auto& [place, target] : links_) fs::create_symlink(target, target_of(place), error);
  for (const auto& [place, target] :
       {std::pair{"dev/fd", "/proc/self/fd"}, std::pair{"dev/stdin", "/proc/self/fd/0"},
        std::pair{"dev/stdout", "/proc/self/fd/1"}, std::pair{"dev/stderr", "/proc/self/fd/2"},
        std::pair{"var/tmp", "/tmp"}})
    fs::create_symlink(target, within(root_, place), error);
  // Process 1 mounts its own over it.
  if (proc_ && !move_to(proc_, within(root_, "proc"))) return view_failure("mount /proc");
  return {};
}

tl::expected<void, SystemError> ViewBuilder::assemble() {
  for (const char* workplace : workplaces)
    if (mount("apiary", workplace, "tmpfs", MS_NOSUID, "size=4m,mode=755") == 0) {
      root_ = workplace;
      break;
    }
  if (root_.empty()) return view_failure("mount tmpfs");
  if (auto filled = fill(); !filled) return filled;
  if (!restrict_mount(root_, MOUNT_ATTR_RDONLY, 0)) return view_failure("protect the root");
  if (chdir(root_.c_str()) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 ||
      umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
    return view_failure("pivot_root");
  return {};
}

}  // namespace apiary

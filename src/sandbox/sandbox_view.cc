#include "sandbox/sandbox_view.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

namespace apiary {
namespace {

namespace fs = std::filesystem;

// Programs and libraries. Where /bin and others are links into /usr, so they are in the view.
constexpr const char* system_folders[] = {"/usr",   "/bin",    "/sbin", "/lib", "/lib32",
                                          "/lib64", "/libx32", "/opt",  "/nix", "/gnu"};
// What the dynamic linker, interpreters and C libraries read of /etc; none of it is about users.
constexpr const char* system_files[] = {
    "/etc/ld.so.cache",   "/etc/ld.so.conf",      "/etc/ld.so.conf.d",
    "/etc/ld.so.preload", "/etc/alternatives",    "/etc/localtime",
    "/etc/timezone",      "/etc/mime.types",      "/etc/services",
    "/etc/protocols",     "/etc/ssl/certs",       "/etc/ssl/openssl.cnf",
    "/etc/perl",          "/etc/python3",         "/etc/python3.11",
    "/etc/php",           "/etc/java-17-openjdk", "/etc/terminfo",
    "/etc/magic",         "/etc/debian_version",  "/etc/os-release",
    "/etc/issue"};
constexpr const char* devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                   "/dev/urandom"};
constexpr std::pair<const char*, const char*> texts[] = {
    {"etc/passwd", "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n"},
    {"etc/group", "root:x:0:\nnogroup:x:65534:\n"},
    {"etc/hosts", "127.0.0.1\tlocalhost\n::1\tlocalhost\n"},
    {"etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"}};
// Where the view is put together; what is there on the machine is read before.
constexpr const char* workplaces[] = {"/tmp", "/run", "/mnt", "/var/tmp", "/home"};

/// A copy of the mount at a path, and of those below it.
struct Tree {
  std::string path;  // relative to the root
  FileDescriptor mount;
  bool is_folder = false, is_device = false;
};

std::string within(std::string_view root, std::string_view path) {
  return std::string(root) + "/" + std::string(path);
}

tl::expected<void, SystemError> failed(std::string what) {
  return tl::unexpected(last_system_error("sandbox: " + std::move(what)));
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

/// A folder whose entries are mounted one by one, as some of them are hidden.
struct Folder {
  std::string path;
  struct stat status {};
};

/// Whether `path` is one of `folders` or below one.
bool is_below(const std::string& path, const std::vector<std::string>& folders) {
  return std::ranges::any_of(folders, [&](const std::string& folder) {
    return path == folder || path.starts_with(folder + "/");
  });
}

/// Folders that each view has, and none has from the machine.
bool is_built_in(std::string_view path) {
  return path == "/" || path == "/dev" || path == "/proc" ||
         std::ranges::find(private_folders, path) != std::end(private_folders);
}

bool is_in_private_folder(const std::string& path) {
  return std::ranges::any_of(private_folders, [&](std::string_view folder) {
    return path.starts_with(std::string(folder) + "/");
  });
}

/// The machine's /proc, by which a user namespace may have one of its own: the kernel wants that
/// all of it is in sight. Without what is mounted over parts of it, where we may take that off.
FileDescriptor copy_proc() {
  FileDescriptor whole(open_tree(AT_FDCWD, "/proc", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  return whole ? std::move(whole) : copy_mount("/proc");
}

/// Builds a view on an empty file system.
class ViewBuilder {
 public:
  explicit ViewBuilder(const SandboxView& view) : view_(view) {}

  /// Copies the mounts that the view shows, while the whole machine is in sight.
  tl::expected<void, SystemError> collect();
  /// Makes the view the root.
  tl::expected<void, SystemError> assemble();

 private:
  void collect(const std::string& path, bool is_device = false);
  void collect_entries(const std::string& path, const std::string& canonical);
  bool is_hidden(const std::string& canonical) const;
  bool holds_hidden(const std::string& canonical) const;
  bool has(const std::string& path) const;
  tl::expected<void, SystemError> put(const Tree& tree);
  tl::expected<void, SystemError> fill();

  std::string target_of(const std::string& path) const;

  const SandboxView& view_;
  std::string root_;
  std::vector<Tree> trees_;
  std::vector<Folder> folders_;                             // each after those above it
  std::vector<std::pair<std::string, std::string>> links_;  // where, to what
  std::vector<std::string> shown_;
  FileDescriptor proc_;
  int error_ = 0;  // errno: no descriptor for a mount
};

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

/// The folder as it is now, without what is hidden. A mount of the folder with others on what is
/// hidden would show a hidden file as soon as somebody replaces it: a mount is on a file, not on
/// its name.
void ViewBuilder::collect_entries(const std::string& path, const std::string& canonical) {
  Folder folder{.path = path};
  if (stat(path.c_str(), &folder.status) != 0) return;
  folders_.push_back(folder);
  std::error_code error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string inside = path + "/" + entry->path().filename().string();
    std::error_code ignored;
    const fs::file_status status = entry->symlink_status(ignored);
    if (is_hidden(canonical + "/" + entry->path().filename().string())) continue;
    if (fs::is_symlink(status))
      links_.emplace_back(inside, fs::read_symlink(inside, ignored).string());
    else if (fs::is_directory(status) || fs::is_regular_file(status))
      collect(inside);
  }
}

tl::expected<void, SystemError> ViewBuilder::collect() {
  for (const char* path : system_folders) collect(path);
  for (const char* path : system_files) collect(path);
  for (const char* path : devices) collect(path, true);
  collect(view_.directory);
  if (!has(view_.directory)) return failed(view_.directory);
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
  if (!move_to(tree.mount, target)) return failed("mount " + tree.path);
  std::uint64_t attributes = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID;
  if (!tree.is_device) attributes |= MOUNT_ATTR_NODEV;
  if (!restrict_mount(target, attributes, AT_RECURSIVE)) return failed("protect " + tree.path);
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
  if (proc_ && !move_to(proc_, within(root_, "proc"))) return failed("mount /proc");
  return {};
}

tl::expected<void, SystemError> ViewBuilder::assemble() {
  for (const char* workplace : workplaces)
    if (mount("apiary", workplace, "tmpfs", MS_NOSUID, "size=4m,mode=755") == 0) {
      root_ = workplace;
      break;
    }
  if (root_.empty()) return failed("mount tmpfs");
  if (auto filled = fill(); !filled) return filled;
  if (!restrict_mount(root_, MOUNT_ATTR_RDONLY, 0)) return failed("protect the root");
  if (chdir(root_.c_str()) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 ||
      umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
    return failed("pivot_root");
  return {};
}

/// `path`, or what is in it if some of that is hidden.
void add_visible(const SandboxView& view, const std::string& path,
                 std::vector<std::string>& visible) {
  std::error_code error;
  const std::string canonical = fs::canonical(path, error).string();
  if (error || std::ranges::find(view.hidden, canonical) != view.hidden.end()) return;
  if (std::ranges::none_of(view.hidden, [&](const std::string& hidden) {
        return hidden.starts_with(canonical + "/");
      })) {
    visible.push_back(canonical);
    return;
  }
  for (fs::directory_iterator entry(canonical, error), end; !error && entry != end;
       entry.increment(error))
    add_visible(view, entry->path().string(), visible);
}

}  // namespace

std::vector<std::string> visible_paths(const SandboxView& view) {
  std::vector<std::string> visible;
  for (const char* path : system_folders) add_visible(view, path, visible);
  for (const char* path : system_files) add_visible(view, path, visible);
  for (const char* path : devices) add_visible(view, path, visible);
  // As in views: the machine's root and /tmp are not shown.
  if (!is_built_in(view.directory)) add_visible(view, view.directory, visible);
  for (const std::string& path : view.shown) add_visible(view, path, visible);
  return visible;
}

std::vector<std::string> kept_paths(const SandboxView& view) {
  std::vector<std::string> kept, candidates{view.directory};
  candidates.insert(candidates.end(), view.shown.begin(), view.shown.end());
  for (const std::string& path : candidates)
    if (is_in_private_folder(path) && !is_below(path, kept)) kept.push_back(path);
  return kept;
}

tl::expected<FileDescriptor, SystemError> open_mount_namespace() {
  FileDescriptor machine(open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC));
  if (!machine) return tl::unexpected(last_system_error("/proc/self/ns/mnt"));
  return machine;
}

tl::expected<void, SystemError> enter_view(const SandboxView& view, const FileDescriptor& machine) {
  if (setns(machine.get(), CLONE_NEWNS) != 0) return failed("setns");
  if (unshare(CLONE_NEWNS) != 0) return failed("unshare");
  const mode_t mask = umask(022);
  ViewBuilder builder(view);
  tl::expected<void, SystemError> done;
  if (mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    done = failed("mount --make-private");
  if (done) done = builder.collect();
  if (done) done = builder.assemble();
  umask(mask);
  // Process 1 may be unable to go there: it is no root.
  const std::string kept = kept_folder + view.directory;
  const std::string& directory = is_in_private_folder(view.directory) ? kept : view.directory;
  if (done && chdir(directory.c_str()) != 0) done = failed(view.directory);
  if (!done) setns(machine.get(), CLONE_NEWNS);
  return done;
}

}  // namespace apiary

#include "daemon/event_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cstring>
#include <map>

#include "posix/as_user.h"
#include "posix/file_id.h"
#include "posix/folder.h"

namespace apiary {
namespace {

using Done = tl::expected<void, std::string>;

constexpr int open_flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
constexpr mode_t file_mode = 0640, spool_mode = 0600;

/// A file that an option names.
struct Wanted {
  std::string option;  // "--events"
  std::string path;
  bool is_store = false;
  std::string text = option + " " + path;  // as the operator wrote it
  mode_t mode = file_mode;
};

std::vector<Wanted> files_of(const EventOptions& options) {
  std::vector<Wanted> all;
  for (const SinkSpec& spec : options.sinks)
    if (spec.spool)
      all.push_back({.option = name_of_option(spec) + " spool",
                     .path = spec.spool->path,
                     .text = fmt::format("{},spool={}", to_string(spec), spec.spool->path),
                     .mode = spool_mode});
    else if (spec.kind->target != SinkKind::Target::network)
      all.push_back({name_of_option(spec), spec.where,
                     spec.kind->target == SinkKind::Target::database, to_string(spec)});
  if (!options.capture.empty()) all.push_back({"--capture", options.capture});
  return all;
}

/// Prepares one file after the other. The destructor removes what it created, unless keep() was
/// called.
class Preparation {
 public:
  /// `account`: the user that will write; nullptr: the user of this process.
  explicit Preparation(const passwd* account) : account_(account) {}
  ~Preparation();
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;

  Done prepare(const Wanted& file);
  void keep() {
    files_.clear();
    folders_.clear();
  }

 private:
  Done check_type(const Wanted& file) const;
  Done make_folder_of(const Wanted& file);
  Done check_folder_of(const Wanted& file) const;
  Done open_or_make(const Wanted& file);
  Done give_away(const Wanted& file, const std::string& path, int flags) const;
  Done give_away_log(const Wanted& file) const;
  Done note_identity(const Wanted& file);
  std::string who() const {
    return account_ == nullptr ? "this user" : fmt::format("user '{}'", account_->pw_name);
  }

  const passwd* const account_;
  std::vector<std::string> files_, folders_;  // created ones
  std::map<std::pair<dev_t, ino_t>, std::string> options_;
};

Preparation::~Preparation() {
  for (const std::string& file : files_) unlink(file.c_str());
  for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) rmdir(folder->c_str());
}

Done Preparation::prepare(const Wanted& file) {
  auto done = check_type(file);
  if (done) done = make_folder_of(file);
  if (done) done = check_folder_of(file);
  if (done) done = open_or_make(file);
  if (done) done = note_identity(file);
  return done;
}

/// Rejects an existing file of an unsuitable type.
Done Preparation::check_type(const Wanted& file) const {
  struct stat found {};
  if (lstat(file.path.c_str(), &found) != 0) return {};
  const auto refuse = [&](std::string_view why) -> Done {
    return tl::unexpected(fmt::format("{}: {}", file.text, why));
  };
  if (S_ISDIR(found.st_mode)) return refuse("this is a folder: name a file in it");
  if (S_ISLNK(found.st_mode)) return refuse("this is a symbolic link: name its target");
  if (S_ISSOCK(found.st_mode)) return refuse("this is a socket: name a file");
  if (file.is_store && !S_ISREG(found.st_mode)) return refuse("a store must be a regular file");
  return {};
}

Done Preparation::make_folder_of(const Wanted& file) {
  std::optional<FolderOwner> owner;
  if (account_ != nullptr) owner = {account_->pw_uid, account_->pw_gid};
  auto made = make_folder(folder_of(file.path), owner);
  if (!made) return tl::unexpected(fmt::format("{}: {}", file.text, to_string(made.error())));
  folders_.insert(folders_.end(), made->begin(), made->end());
  return {};
}

Done Preparation::check_folder_of(const Wanted& file) const {
  const std::string folder = folder_of(file.path);
  const auto refusal = [&](int mode) {
    return as_user(account_, [&] { return access(folder.c_str(), mode) == 0 ? 0 : errno; });
  };
  if (refusal(X_OK) != 0)
    return tl::unexpected(
        fmt::format("{}: {} may not enter the folder {}: name another folder, or a new one, "
                    "which the daemon creates for that user",
                    file.text, who(), folder));
  const int trouble = file.is_store ? refusal(W_OK) : 0;
  if (trouble == 0) return {};
  if (trouble != EACCES)
    return tl::unexpected(
        fmt::format("{}: writing in the folder {}: {}", file.text, folder, std::strerror(trouble)));
  return tl::unexpected(fmt::format(
      "{}: {} may not write in {}, where SQLite keeps files beside the store: {}name a new "
      "folder, which the daemon creates for that user",
      file.text, who(), folder,
      account_ == nullptr ? "" : fmt::format("chown {} {}, or ", account_->pw_name, folder)));
}

/// Opens the file as the user if possible: root may lack the right to others' files under systemd.
Done Preparation::open_or_make(const Wanted& file) {
  struct stat found {};
  const bool is_new = lstat(file.path.c_str(), &found) != 0;
  const auto open_as_user = [&] {
    return as_user(account_, [&] {
      const FileDescriptor opened(open(file.path.c_str(), open_flags, file.mode));
      return opened ? 0 : errno;
    });
  };
  int trouble = open_as_user();
  Done given;
  if ((trouble == EACCES || trouble == EPERM) && account_ != nullptr) {
    given = give_away(file, file.path, open_flags);
    if (given) trouble = open_as_user();
  }
  if (is_new && lstat(file.path.c_str(), &found) == 0) files_.push_back(file.path);
  if (!given) return given;
  if (trouble == 0) return file.is_store ? give_away_log(file) : Done{};
  return tl::unexpected(
      fmt::format("{}: {} cannot write it: {}", file.text, who(), std::strerror(trouble)));
}

/// Makes the user the owner of `path`, which belongs to `file`.
Done Preparation::give_away(const Wanted& file, const std::string& path, int flags) const {
  const FileDescriptor opened(open(path.c_str(), flags, file.mode));
  struct stat status {};
  if (!opened || fstat(opened.get(), &status) != 0)
    return tl::unexpected(fmt::format("{} {}: {}", file.option, path, std::strerror(errno)));
  if (S_ISREG(status.st_mode) && fchown(opened.get(), account_->pw_uid, account_->pw_gid) != 0)
    return tl::unexpected(fmt::format("{} {}: changing its owner to {}: {}", file.option, path,
                                      who(), std::strerror(errno)));
  return {};
}

/// SQLite's files beside a store may belong to another user, whose program had the store open.
Done Preparation::give_away_log(const Wanted& file) const {
  if (account_ == nullptr) return {};
  for (const char* const suffix : {"-wal", "-shm"}) {
    const std::string path = file.path + suffix;
    struct stat found {};
    if (lstat(path.c_str(), &found) != 0 || found.st_uid == account_->pw_uid) continue;
    constexpr int flags = open_flags & ~O_CREAT;
    if (auto given = give_away(file, path, flags); !given) return given;
  }
  return {};
}

/// Rejects a second option for the same file: two writers would break each other's lines.
Done Preparation::note_identity(const Wanted& file) {
  struct stat found {};
  if (stat(file.path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return {};
  const auto [other, is_first] =
      options_.emplace(std::pair{found.st_dev, found.st_ino}, file.option);
  if (is_first) return {};
  return tl::unexpected(fmt::format("{} and {} name the same file, {}: use one for each",
                                    other->second, file.option, file.path));
}

/// Creates the folder for files of services, which only `account` may open.
Done prepare_quarantine(const std::string& path, const passwd* account) {
  if (path.empty()) return {};
  std::optional<FolderOwner> owner;
  if (account != nullptr) owner = {account->pw_uid, account->pw_gid};
  const auto made = make_folder(path, owner);
  if (!made)
    return tl::unexpected(fmt::format("--quarantine {}: {}", path, to_string(made.error())));
  if (!made->empty()) chmod(path.c_str(), 0700);
  const int trouble =
      as_user(account, [&path] { return access(path.c_str(), W_OK | X_OK) == 0 ? 0 : errno; });
  if (trouble == 0) return {};
  return tl::unexpected(fmt::format("--quarantine {}: the daemon's user cannot write there: {}",
                                    path, std::strerror(trouble)));
}

}  // namespace

tl::expected<void, std::string> prepare_event_files(const EventOptions& options,
                                                    const std::string& user) {
  const passwd* const account = geteuid() == 0 ? getpwnam(user.c_str()) : nullptr;
  if (geteuid() == 0 && account == nullptr)
    return tl::unexpected(fmt::format("there is no user '{}' (--daemon-user)", user));
  if (as_user(account, [] { return 0; }) != 0) return {};  // drop_privileges() reports the error
  Preparation preparation(account);
  for (const Wanted& file : files_of(options))
    if (auto prepared = preparation.prepare(file); !prepared) return prepared;
  if (auto prepared = prepare_quarantine(options.quarantine, account); !prepared) return prepared;
  preparation.keep();
  return {};
}

}  // namespace apiary

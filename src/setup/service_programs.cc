#include "setup/service_programs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <set>
#include <sstream>

#include "posix/file_descriptor.h"
#include "sandbox/launch.h"
#include "session/command_words.h"

namespace apiary {
namespace {

/// The user that a template's programs run as.
struct Viewer {
  std::string name;
  uid_t user;
  gid_t group;
};

Viewer viewer_of(const ScriptUse& script, const std::string& service_user) {
  const passwd* const account = getpwnam(service_user.c_str());
  Viewer viewer{service_user, geteuid(), getegid()};
  if (account != nullptr) viewer = {service_user, account->pw_uid, account->pw_gid};
  if (!script.privileges.user) return viewer;
  return {std::to_string(*script.privileges.user), *script.privileges.user,
          script.privileges.group.value_or(viewer.group)};
}

/// While it lives, this thread has the file permissions of `viewer`, without supplementary groups,
/// as in launch(). Without root it changes nothing.
class EyesOf {
 public:
  explicit EyesOf(const Viewer& viewer) {
    if (geteuid() != 0) return;
    groups_.resize(static_cast<std::size_t>(std::max(getgroups(0, nullptr), 0)));
    if (getgroups(static_cast<int>(groups_.size()), groups_.data()) < 0) return;
    changed_ =
        setgroups(0, nullptr) == 0 && setegid(viewer.group) == 0 && seteuid(viewer.user) == 0;
  }
  ~EyesOf() {
    if (changed_ &&
        (seteuid(0) != 0 || setegid(0) != 0 || setgroups(groups_.size(), groups_.data()) != 0))
      std::abort();
  }
  EyesOf(const EyesOf&) = delete;
  EyesOf& operator=(const EyesOf&) = delete;

 private:
  std::vector<gid_t> groups_;
  bool changed_ = false;
};

/// Why a viewer cannot use a file, and how to fix it.
struct Obstacle {
  std::string culprit, reason, advice;
};

/// Checks the files that a service needs with the permissions of a viewer, as the kernel does in
/// launch(): relative to the services' directory, which root has opened. So the viewer needs no
/// permission for folders above it.
class ProgramCheck {
 public:
  ProgramCheck(const FileDescriptor& directory, const std::string& directory_path)
      : directory_(directory), directory_path_(directory_path) {}

  /// `words` of a command: at least one.
  std::optional<Obstacle> check(const std::vector<std::string>& words) const {
    const std::string& program = words.front();
    const std::string argument = words.size() > 1 ? words[1] : "";
    if (has_variable(program)) return {};  // the program depends on the visitor
    if (auto obstacle = check_program(program)) return obstacle;
    // "sh scripts/web.sh": the script has to be there as well.
    if (!is_interpreter(program) || argument.empty() || argument[0] == '-' ||
        has_variable(argument))
      return {};
    return obstacle_to(argument, R_OK);
  }

 private:
  std::optional<Obstacle> check_program(const std::string& program) const {
    if (program.find('/') == std::string::npos) {
      if (is_in_path(program)) return {};
      return Obstacle{
          program, std::strerror(ENOENT),
          fmt::format("install it, or name a file of {}: ./{}", directory_path_, program)};
    }
    if (auto obstacle = obstacle_to(program, X_OK)) return obstacle;
    const std::string interpreter = interpreter_of(program);
    if (interpreter.empty()) return {};
    if (auto obstacle = obstacle_to(interpreter, X_OK)) {
      obstacle->culprit += ", the interpreter in the first line of " + program;
      return obstacle;
    }
    return obstacle_to(program, R_OK);  // the interpreter reads it
  }

  bool can_use(const std::string& path, int mode) const {
    return faccessat(directory_.get(), path.c_str(), mode, AT_EACCESS) == 0;
  }

  bool is_in_path(const std::string& program) const {
    std::istringstream path(service_path);
    for (std::string folder; std::getline(path, folder, ':');)
      if (can_use(folder + "/" + program, X_OK)) return true;
    return false;
  }

  std::optional<Obstacle> obstacle_to(const std::string& path, int mode) const {
    struct stat status {};
    const bool is_there = fstatat(directory_.get(), path.c_str(), &status, 0) == 0;
    if (!is_there && errno != EACCES)
      return Obstacle{path, std::strerror(errno), "name an existing file"};
    if (const std::string folder = closed_folder(path); !folder.empty())
      return Obstacle{path, fmt::format("that user may not enter the folder {}", folder),
                      fmt::format("chmod o+x {}, or {}", folder,
                                  path.front() == '/' ? "move the program beside the configuration "
                                                        "and name it from there"
                                                      : "move the configuration and its services")};
    if (is_there && S_ISDIR(status.st_mode))
      return Obstacle{path, std::strerror(EISDIR), "name a program, not a folder"};
    if (can_use(path, mode)) return {};
    const int trouble = errno;
    return Obstacle{path, std::strerror(trouble),
                    trouble != EACCES ? "check the file system"
                    : mode == R_OK    ? fmt::format("chmod a+r {}", path)
                                      : fmt::format("chmod a+rx {}", path)};
  }

  /// The first folder on `path` that the viewer may not enter; empty: none.
  std::string closed_folder(const std::string& path) const {
    if (path.front() != '/' && !can_use(".", X_OK)) return directory_path_;
    for (std::size_t at = path.find('/', 1); at != path.npos; at = path.find('/', at + 1))
      if (const std::string folder = path.substr(0, at); !can_use(folder, X_OK))
        return errno == EACCES ? folder : "";
    return "";
  }

  /// "#!/usr/bin/perl -w": "/usr/bin/perl". Empty: the file is no script, or cannot be read.
  std::string interpreter_of(const std::string& program) const {
    const FileDescriptor file(
        openat(directory_.get(), program.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    char head[256];
    const ssize_t size = file ? read(file.get(), head, sizeof head) : -1;
    if (size < 3 || head[0] != '#' || head[1] != '!') return "";
    std::string line(head + 2, static_cast<std::size_t>(size) - 2);
    line.resize(std::min(line.find('\n'), line.size()));
    std::string interpreter;
    std::istringstream(line) >> interpreter;
    return interpreter;
  }

  static bool has_variable(const std::string& word) { return word.find('$') != word.npos; }

  static bool is_interpreter(const std::string& program) {
    static const std::set<std::string> interpreters = {"sh",   "bash",    "dash",  "perl",
                                                       "ruby", "python3", "python"};
    return interpreters.contains(program.substr(program.rfind('/') + 1));
  }

  const FileDescriptor& directory_;
  const std::string& directory_path_;
};

}  // namespace

std::vector<MissingProgram> missing_programs(const std::vector<ScriptUse>& scripts,
                                             const std::string& directory,
                                             const std::string& user) {
  std::vector<MissingProgram> missing;
  const FileDescriptor opened(open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return missing;  // the spawner reports it
  std::set<std::pair<std::string, std::optional<std::uint32_t>>> seen;
  for (const ScriptUse& script : scripts) {
    if (!seen.emplace(script.command, script.privileges.user).second) continue;
    const Viewer viewer = viewer_of(script, user);
    const EyesOf eyes(viewer);
    const auto words = split_command(script.command);
    if (words.empty()) continue;  // the configuration has an error for it
    if (const auto obstacle = ProgramCheck(opened, directory).check(words))
      missing.push_back(
          {script.place,
           fmt::format("service \"{}\" cannot run: user {} cannot use {} (from {}): {}; {}",
                       script.command, viewer.name, obstacle->culprit, directory, obstacle->reason,
                       obstacle->advice)});
  }
  return missing;
}

}  // namespace apiary

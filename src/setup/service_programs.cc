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
#include "service/spawner.h"
#include "session/command_words.h"

namespace apiary {
namespace {

/// The user that a template's programs run as.
struct Viewer {
  std::string name;  // "user nobody"
  uid_t user;
  gid_t group;
};

Viewer viewer_of(const ScriptUse& script, const std::string& service_user) {
  // No file belongs to a service's own user.
  Viewer viewer{"a user of its own", UserRange{}.first, UserRange{}.first};
  if (const passwd* const account = getpwnam(service_user.c_str()))
    viewer = {"user " + service_user, account->pw_uid, account->pw_gid};
  if (!script.privileges.user) return viewer;
  return {fmt::format("user {}", *script.privileges.user), *script.privileges.user,
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

/// A file, as seen from a folder to which the view leads.
struct Seen {
  FileDescriptor base;
  std::string base_path, rest;  // the file is `rest` in it
};

/// Checks the files that a service needs with the permissions of a viewer, as the kernel does in
/// launch(). Folders above the configuration's, and above one that a command names, are open to
/// all in a service's view.
class ProgramCheck {
 public:
  ProgramCheck(const ServicePolicy& policy, const Viewer& viewer)
      : policy_(policy), viewer_(viewer) {}

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
          fmt::format("install it, or name a file of {}: ./{}", policy_.directory, program)};
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

  Seen seen(const std::string& path) const {
    std::string base = policy_.directory, rest = path;
    if (path.front() == '/' && !policy_.has_view) {
      base = "/";
      rest = path.substr(1);
    } else if (path.starts_with(base + "/")) {
      rest = path.substr(base.size() + 1);
    } else if (path.front() == '/') {
      base = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
      rest = path.substr(path.rfind('/') + 1);
    }
    return {FileDescriptor(open(base.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), base, rest};
  }

  bool can_use(const Seen& file, const std::string& path, int mode) const {
    const EyesOf eyes(viewer_);
    return faccessat(file.base.get(), path.c_str(), mode, AT_EACCESS) == 0;
  }

  bool is_in_path(const std::string& program) const {
    std::istringstream path(service_path);
    for (std::string folder; std::getline(path, folder, ':');) {
      const Seen file = seen(folder + "/" + program);
      if (file.base && can_use(file, file.rest, X_OK)) return true;
    }
    return false;
  }

  std::optional<Obstacle> obstacle_to(const std::string& path, int mode) const {
    const Seen file = seen(path);
    struct stat status {};
    if (!file.base || fstatat(file.base.get(), file.rest.c_str(), &status, 0) != 0)
      return Obstacle{path, std::strerror(errno), "name an existing file"};
    if (const std::string folder = closed_folder(file); !folder.empty())
      return Obstacle{
          path, fmt::format("that user may not enter the folder {}", folder),
          fmt::format("chmod o+x {}, or {}", folder,
                      path.front() == '/' ? "move the program beside the configuration and name it "
                                            "from there"
                                          : "move the configuration and its services")};
    if (S_ISDIR(status.st_mode))
      return Obstacle{path, std::strerror(EISDIR), "name a program, not a folder"};
    if (can_use(file, file.rest, mode)) return {};
    const int trouble = errno;
    return Obstacle{path, std::strerror(trouble),
                    trouble != EACCES ? "check the file system"
                    : mode == R_OK    ? fmt::format("chmod a+r {}", path)
                                      : fmt::format("chmod a+rx {}", path)};
  }

  /// The first folder on the way to a file that the viewer may not enter; empty: none.
  std::string closed_folder(const Seen& file) const {
    if (!can_use(file, ".", X_OK)) return errno == EACCES ? file.base_path : "";
    for (std::size_t at = file.rest.find('/', 1); at != file.rest.npos;
         at = file.rest.find('/', at + 1))
      if (const std::string folder = file.rest.substr(0, at); !can_use(file, folder, X_OK))
        return errno != EACCES ? "" : file.base_path == "/" ? "/" + folder : folder;
    return "";
  }

  /// "#!/usr/bin/perl -w": "/usr/bin/perl". Empty: the file is no script, or cannot be read.
  std::string interpreter_of(const std::string& program) const {
    const Seen place = seen(program);
    const FileDescriptor file(
        openat(place.base.get(), place.rest.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
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

  const ServicePolicy& policy_;
  const Viewer& viewer_;
};

}  // namespace

std::vector<MissingProgram> missing_programs(const std::vector<ScriptUse>& scripts,
                                             const ServicePolicy& policy) {
  std::vector<MissingProgram> missing;
  std::set<std::pair<std::string, std::optional<std::uint32_t>>> seen;
  for (const ScriptUse& script : scripts) {
    if (!seen.emplace(script.command, script.privileges.user).second) continue;
    const Viewer viewer = viewer_of(script, policy.user);
    const auto words = split_command(script.command);
    if (words.empty()) continue;  // the configuration has an error for it
    if (const auto obstacle = ProgramCheck(policy, viewer).check(words))
      missing.push_back(
          {script.place,
           fmt::format("service \"{}\" cannot run: {} cannot use {} (from {}): {}; {}",
                       script.command, viewer.name, obstacle->culprit, policy.directory,
                       obstacle->reason, obstacle->advice)});
  }
  return missing;
}

}  // namespace apiary

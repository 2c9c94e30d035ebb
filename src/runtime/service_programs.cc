#include "runtime/service_programs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <set>
#include <sstream>

#include "session/command_words.h"

namespace apiary {
namespace {

/// Whom the programs of a template run as.
struct Viewer {
  std::string name;
  uid_t user;
  gid_t group;
};

Viewer viewer_of(const ScriptUse& script, const std::string& service_user) {
  const passwd* const account = getpwnam(service_user.c_str());
  Viewer viewer{service_user, geteuid(), getegid()};
  if (account != nullptr) viewer = {service_user, account->pw_uid, account->pw_gid};
  if (!script.rights.user) return viewer;
  return {std::to_string(*script.rights.user), *script.rights.user,
          script.rights.group.value_or(viewer.group)};
}

/// Sees files as `viewer` does, while it lives. When not root, as we do.
class EyesOf {
 public:
  explicit EyesOf(const Viewer& viewer) {
    changed_ = geteuid() == 0 && setegid(viewer.group) == 0 && seteuid(viewer.user) == 0;
  }
  ~EyesOf() {
    if (changed_ && (seteuid(0) != 0 || setegid(0) != 0)) std::abort();
  }
  EyesOf(const EyesOf&) = delete;
  EyesOf& operator=(const EyesOf&) = delete;

 private:
  bool changed_ = false;
};

/// Whether the file at `path` can be used in `mode`, or why not (an errno).
int trouble_with(const std::string& path, int mode) {
  return faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0 ? 0 : errno;
}

int trouble_with_program(const std::string& program, const std::string& directory) {
  if (program.find('/') != std::string::npos)
    return trouble_with(program.front() == '/' ? program : directory + "/" + program, X_OK);
  std::istringstream path("/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  for (std::string folder; std::getline(path, folder, ':');)
    if (trouble_with(folder + "/" + program, X_OK) == 0) return 0;
  return ENOENT;
}

bool is_interpreter(const std::string& program) {
  static const std::set<std::string> interpreters = {
      "sh", "bash", "perl", "python3", "python", "/bin/sh", "/bin/bash", "/usr/bin/perl"};
  return interpreters.contains(program);
}

}  // namespace

std::vector<MissingProgram> missing_programs(const std::vector<ScriptUse>& scripts,
                                             const std::string& directory,
                                             const std::string& user) {
  std::vector<MissingProgram> missing;
  std::set<std::pair<std::string, std::optional<std::uint32_t>>> seen;
  for (const ScriptUse& script : scripts) {
    if (!seen.emplace(script.command, script.rights.user).second) continue;
    const Viewer viewer = viewer_of(script, user);
    const EyesOf eyes(viewer);
    const auto words = split_command(script.command);
    if (!words || words->empty()) continue;  // an error of the configuration, and told as such
    const std::string& program = words->front();
    const std::string argument = words->size() > 1 ? (*words)[1] : "";
    int trouble = trouble_with_program(program, directory);
    std::string culprit = program;
    // "sh scripts/web.sh": the script has to be there as well.
    if (trouble == 0 && is_interpreter(program) && !argument.empty() && argument[0] != '-' &&
        argument[0] != '$') {
      culprit = argument;
      trouble = trouble_with(argument.front() == '/' ? argument : directory + "/" + argument, R_OK);
    }
    if (trouble != 0)
      missing.push_back(
          {script.place,
           fmt::format("service \"{}\" cannot run: user {} cannot use {} (from {}): {}",
                       script.command, viewer.name, culprit, directory, std::strerror(trouble))});
  }
  return missing;
}

}  // namespace apiary

#include "sandbox/control_groups.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

#include "base/counted.h"

namespace apiary {
namespace {

constexpr const char* own_group_name = "daemon";

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::uint8_t controllers_listed(const std::string& path) {
  std::istringstream words(text_of(path));
  std::uint8_t found = 0;
  for (std::string word; words >> word;)
    for (std::size_t i = 0; i < controller_names.size(); ++i)
      if (word == controller_names[i]) found |= static_cast<std::uint8_t>(1U << i);
  return found;
}

bool may_write(const std::string& path) {
  return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS) == 0;
}

/// Whether the service manager marked the group as ours to divide.
bool is_marked_delegated(const std::string& path) {
  for (const char* name : {"user.delegate", "trusted.delegate"}) {
    char value = 0;
    if (getxattr(path.c_str(), name, &value, 1) == 1 && value == '1') return true;
  }
  return false;
}

bool is_machines_top(const std::string& path) {
  return access((path + "/cgroup.type").c_str(), F_OK) != 0;
}

/// Processes in a group beside us and `others`. Those of other process namespaces are 0.
std::size_t count_other_processes(const std::string& path, const std::vector<pid_t>& others) {
  std::istringstream processes(text_of(path + "/cgroup.procs"));
  std::size_t count = 0;
  for (pid_t process = 0; processes >> process;)
    if (process != getpid() && std::ranges::find(others, process) == others.end()) ++count;
  return count;
}

/// Which groups are used, and why none.
struct Choice {
  std::vector<OwnGroup> groups;  // with the controllers that are used
  std::string trouble;
  bool is_v2 = false;
};

Choice choose_v2(OwnGroup group, const std::vector<pid_t>& others) {
  Choice choice{.groups = {}, .trouble = {}, .is_v2 = true};
  const std::uint8_t given = controllers_listed(group.path + "/cgroup.controllers");
  const std::uint8_t passed_on = controllers_listed(group.path + "/cgroup.subtree_control");
  if (is_machines_top(group.path)) {
    // Processes may be in this one beside groups; which controllers these have is the machine's.
    group.controllers = passed_on;
    if (!may_write(group.path + "/cgroup.procs") || passed_on == 0)
      choice.trouble =
          "the daemon may not divide the machine's top control group: start it in "
          "one of its own (systemd: Delegate=yes)";
  } else if (!may_write(group.path) || !may_write(group.path + "/cgroup.subtree_control")) {
    choice.trouble =
        fmt::format("the daemon may not divide {} (systemd: Delegate=yes, ProtectControlGroups=no)",
                    group.path);
  } else if (!group.is_top && !is_marked_delegated(group.path)) {
    choice.trouble = fmt::format(
        "{} was not delegated: systemd-run --scope -p Delegate=yes apiary run ...", group.path);
  } else if (const std::size_t found = count_other_processes(group.path, others); found > 0) {
    choice.trouble = fmt::format("{} more in {}: start the daemon in a control group of its own",
                                 counted(found, "process"), group.path);
  }
  if (group.controllers == 0 && choice.trouble.empty()) group.controllers = given;
  if (choice.trouble.empty()) choice.groups.push_back(std::move(group));
  return choice;
}

Choice choose_v1(std::vector<OwnGroup> groups) {
  Choice choice;
  for (OwnGroup& group : groups) {
    // Its memory controller cannot kill all of a group: resource limits do no worse.
    group.controllers &= controller::cpu | controller::processes;
    if (access((group.path + "/cpu.idle").c_str(), F_OK) != 0)
      group.controllers &= static_cast<std::uint8_t>(~controller::cpu);  // before Linux 5.15
    if (group.controllers != 0 && geteuid() == 0 && may_write(group.path))
      choice.groups.push_back(std::move(group));
  }
  if (choice.groups.empty())
    choice.trouble = "no control group is writable (systemd: Delegate=yes)";
  return choice;
}

Choice choose(const std::vector<pid_t>& others) {
  auto groups = own_groups(text_of("/proc/self/mountinfo"), text_of("/proc/self/cgroup"));
  if (!groups.empty() && groups[0].is_v2) {
    if (controllers_listed(groups[0].path + "/cgroup.controllers") != 0)
      return choose_v2(groups[0], others);
    groups.erase(groups.begin());  // its controllers are those of version 1
  }
  return choose_v1(std::move(groups));
}

bool write_line(const std::string& path, const std::string& line) {
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file && write(file.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

/// Moves us out of a group and passes its controllers on to groups below it. Returns those that it
/// passes on.
std::uint8_t divide(const std::string& path, const std::vector<pid_t>& others) {
  if (!is_machines_top(path)) {
    const std::string own = path + "/" + own_group_name;
    if (mkdir(own.c_str(), 0755) != 0 && errno != EEXIST) return 0;
    for (const pid_t process : others) write_line(own + "/cgroup.procs", std::to_string(process));
    if (!write_line(own + "/cgroup.procs", "0")) return 0;
    for (const std::string_view name : controller_names)
      write_line(path + "/cgroup.subtree_control", "+" + std::string(name));
  }
  return controllers_listed(path + "/cgroup.subtree_control");
}

}  // namespace

ControlGroupSupport find_control_group_support(const std::vector<pid_t>& others) {
  const Choice choice = choose(others);
  ControlGroupSupport ability{.is_v2 = choice.is_v2, .trouble = choice.trouble};
  for (const OwnGroup& group : choice.groups) ability.controllers |= group.controllers;
  return ability;
}

tl::expected<ControlGroups, std::string> ControlGroups::open(const std::vector<pid_t>& others) {
  Choice choice = choose(others);
  if (!choice.trouble.empty()) return tl::unexpected(std::move(choice.trouble));
  ControlGroups groups;
  groups.is_v2_ = choice.is_v2;
  groups.prefix_ = fmt::format("apiary-{}.", getpid());
  for (const OwnGroup& group : choice.groups) {
    const std::uint8_t usable = choice.is_v2 ? divide(group.path, others) : group.controllers;
    Hierarchy hierarchy{
        .folder = FileDescriptor(::open(group.path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
        .home = {},
        .controllers = usable};
    if (!choice.is_v2)
      hierarchy.home =
          FileDescriptor(openat(hierarchy.folder.get(), "tasks", O_WRONLY | O_CLOEXEC));
    if (!hierarchy.folder || usable == 0 || (!choice.is_v2 && !hierarchy.home))
      return tl::unexpected(fmt::format("{} cannot be divided: {}", group.path, strerror(errno)));
    SandboxGroup::remove_stale(hierarchy.folder.get(), "apiary-");
    groups.controllers_ |= usable;
    groups.hierarchies_.push_back(std::move(hierarchy));
  }
  return groups;
}

tl::expected<SandboxGroup, SystemError> ControlGroups::make(std::uint32_t number) {
  std::vector<SandboxGroup::Part> parts;
  for (const Hierarchy& hierarchy : hierarchies_)
    parts.push_back({hierarchy.folder.get(), hierarchy.home.get(), hierarchy.controllers});
  return SandboxGroup::make(prefix_ + std::to_string(number), is_v2_, parts);
}

}  // namespace apiary

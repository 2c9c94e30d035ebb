#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "doctor/checks.h"

namespace apiary {
namespace {

/// What each service gets beyond its sandbox, and how to get what is not there.
std::string extras(const SandboxSupport& support) {
  const ControlGroupSupport& groups = support.groups;
  std::string text;
  if (groups.controllers != 0)
    text += fmt::format("; started from here, a control group (version {}) bounds its {}",
                        groups.is_v2 ? 2 : 1, describe_controllers(groups.controllers));
  else
    text += fmt::format(
        "; started from here, it has no control group, and resource limits alone bound it: {}",
        groups.trouble);
  if (!support.adjusts_oom_score)
    text += "; the daemon cannot be protected when memory runs out (CAP_SYS_RESOURCE)";
  return text;
}

/// What best effort leaves out.
std::string left_out(const SandboxSupport& support) {
  if (support.refused.kinds.empty()) return "services cannot be contained (--contain best-effort)";
  return fmt::format("services run without {} of their own (--contain best-effort): {}",
                     describe(support.refused.kinds), std::strerror(support.refused.number));
}

/// Why no sandbox could be made.
std::string reason(const SandboxSupport& support) {
  if (support.refused.kinds.empty()) return support.trouble;
  return fmt::format("{}; this machine refuses {}", support.trouble,
                     describe(support.refused.kinds));
}

/// What remains without namespaces.
std::string fallback(const SandboxSupport& support) {
  return support.landlock.abi == 0
             ? "; this kernel has no Landlock, and they read what everybody may"
             : fmt::format("; Landlock (version {}) confines them: {}", support.landlock.abi,
                           describe(support.landlock));
}

constexpr std::pair<unsigned long, const char*> limited_kinds[] = {
    {CLONE_NEWUSER, "user"},    {CLONE_NEWPID, "pid"}, {CLONE_NEWNS, "mnt"},
    {CLONE_NEWNET, "net"},      {CLONE_NEWIPC, "ipc"}, {CLONE_NEWUTS, "uts"},
    {CLONE_NEWCGROUP, "cgroup"}};

/// The command that lets sandboxes be made. Empty: it depends on the container.
std::string remedy(const SystemSnapshot& s) {
  if (!s.sandbox.is_root)
    return "sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000";
  constexpr Namespaces usual{CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET};
  const Namespaces refused = s.sandbox.refused.kinds.empty() ? usual : s.sandbox.refused.kinds;
  std::string command = "sysctl -w";
  for (const auto& [kind, name] : limited_kinds)
    if (refused.has(kind)) command += fmt::format(" user.max_{}_namespaces=10000", name);
  return command;
}

}  // namespace

void check_sandbox(const SystemSnapshot& s, Findings& findings) {
  const SandboxSupport& support = s.sandbox;
  constexpr std::string_view check = "sandbox";
  const auto say = [&](CheckStatus verdict, std::string text, std::string command = "") {
    findings.push_back({std::string(check), verdict, std::move(text), std::move(command)});
  };
  if (s.request.contain == ContainMode::off)
    return say(CheckStatus::warn,
               "--contain off: services can read this machine's files and connect anywhere");
  const bool is_required = s.request.contain == ContainMode::required;
  if (!support.has_users)
    return say(is_required ? CheckStatus::fail : CheckStatus::warn,
               fmt::format("this user namespace has no users {0} to {1} for services{2}: map them "
                           "(unshare --map-auto, or the container's settings), name others by "
                           "--service-uids",
                           s.request.service_users.first,
                           s.request.service_users.first + s.request.service_users.count - 1,
                           is_required ? "" : ", which run as the daemon's user"));
  if (!support.trouble.empty())
    return say(is_required ? CheckStatus::fail : CheckStatus::warn,
               fmt::format("{}: {}. In a container: docker run --cap-add SYS_ADMIN --security-opt "
                           "seccomp=unconfined --security-opt apparmor=unconfined{}",
                           is_required ? "services cannot be contained, and do not start"
                                       : left_out(support),
                           reason(support) + (is_required ? "" : fallback(support)),
                           is_required ? "; or --contain best-effort, which is less safe" : ""),
               remedy(s));
  if (!support.server_trouble.empty())
    return say(CheckStatus::fail,
               fmt::format("subsystems cannot have a network of their own, and do not start: {}",
                           support.server_trouble),
               "modprobe veth");
  const bool has_user_namespaces = !support.refused.kinds.has(CLONE_NEWUSER);
  say(has_user_namespaces ? CheckStatus::ok : CheckStatus::warn,
      fmt::format("each service gets {}namespaces, a view of its own and a seccomp filter{}{}",
                  support.is_root ? "a user of its own, " : "",
                  has_user_namespaces
                      ? ""
                      : "; this machine refuses user namespaces, so process 1 of each sandbox is "
                        "root, without capabilities beyond those of the daemon's spawner",
                  extras(support)),
      has_user_namespaces ? "" : remedy(s));
}

}  // namespace apiary

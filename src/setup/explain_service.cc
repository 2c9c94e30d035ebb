#include "setup/explain_service.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "base/counted.h"
#include "base/size_text.h"
#include "sandbox/landlock.h"
#include "sandbox/program_limits.h"
#include "service/spawner.h"

namespace apiary {
namespace {

std::string user_text(const ServicePrivileges& privileges) {
  if (!privileges.user)
    return fmt::format("one of its own, from {} on; it owns no file", UserRange{}.first);
  return fmt::format("{}{}; needs --allow-uid", *privileges.user,
                     privileges.group ? fmt::format(", group {}", *privileges.group) : "");
}

/// What exists of `hidden` in the view.
std::string hidden_text(const SandboxView& view) {
  std::string text;
  for (const std::string& path : view.hidden) {
    std::error_code error;
    const bool is_within = path.starts_with(view.directory + "/");
    if (is_within && std::filesystem::exists(path, error))
      text += (text.empty() ? "" : ", ") + path.substr(view.directory.size() + 1);
  }
  return text;
}

std::string_view network_text(bool is_subsystem, const EgressList& egress) {
  if (!is_subsystem) return "a network with nothing in it";
  if (egress.empty())
    return "a network of its own without a route out, in which only the daemon connects to it";
  return "a network where it reaches itself and, through us, what its egress list names";
}

std::string limits_text(const ProgramLimits& limits) {
  std::string text = fmt::format("{}, {} of memory", counted(limits.processes, "process"),
                                 size_text(limits.memory_bytes));
  if (limits.cpu_seconds != UINT32_MAX)
    text += fmt::format(", {} s of processor time each", limits.cpu_seconds);
  if (limits.wall_seconds != UINT32_MAX) text += fmt::format(", {} s in all", limits.wall_seconds);
  text += ", " + counted(limits.open_files, "open file");
  if (limits.output_bytes != UINT64_MAX)
    text += fmt::format(", {} of output", size_text(limits.output_bytes));
  return text;
}

/// What the rules say that does not hold here.
std::string missing_text(const ContainmentGaps& gaps, bool is_subsystem) {
  const Namespaces missing = gaps.missing;
  std::string text = describe(missing) + " of its own";
  if (is_subsystem && (missing.flags & server_namespaces.flags) != 0)
    return text + ": it does not start";
  if (missing.has(CLONE_NEWNET)) text += "; it may reach what this machine reaches";
  if (missing.has(CLONE_NEWNS)) text += "; no /tmp of its own, and it sees the machine's files";
  if (missing.has(CLONE_NEWPID)) text += "; it sees other processes, and what it forks may go on";
  if ((missing.flags & server_namespaces.flags) != 0 && gaps.landlock.abi > 0)
    text += "; Landlock instead: " + describe(gaps.landlock);
  return text;
}

}  // namespace

ContainmentGaps find_containment_gaps(ContainMode contain) {
  if (contain == ContainMode::required) return {};
  if (contain == ContainMode::off) return {all_namespaces, {}};
  const Namespaces wanted =
      may_map_ids() ? all_namespaces : all_namespaces.without({CLONE_NEWUSER});
  return {find_refused_namespaces(wanted, {{geteuid()}, {getegid()}}).kinds, landlock_support()};
}

std::vector<std::pair<std::string_view, std::string>> service_rules(
    const ServicePrivileges& privileges, const SandboxView& view, bool is_subsystem,
    const ContainmentGaps& gaps, const EgressList& egress) {
  const ProgramLimits limits = limits_of(privileges, is_subsystem);
  std::string shown = view.directory;
  if (const std::string hidden = hidden_text(view); !hidden.empty()) shown += " without " + hidden;
  for (const std::string& path : view.shown) shown += ", " + path;
  std::vector<std::pair<std::string_view, std::string>> rules{
      {"user", user_text(privileges)},
      {"sandbox", fmt::format("its own processes, IPC and host name; {}; no capabilities; "
                              "no calls for tracing, mounts, keys, kernel modules",
                              network_text(is_subsystem, egress))},
      {"limits", limits_text(limits)},
      {"held by", "a control group where one can be had (apiary doctor), else resource limits"},
      {"writes", fmt::format("only to its own {}; 16M each{}; all gone when it ends",
                             is_subsystem ? "/run, /var, /tmp and /dev/shm" : "/tmp and /dev/shm",
                             limits.file_bytes == UINT64_MAX
                                 ? ""
                                 : ", files of up to " + size_text(limits.file_bytes))},
      {"reads", "programs and libraries of the system; " + shown}};
  if (!gaps.missing.empty()) rules.emplace_back("missing", missing_text(gaps, is_subsystem));
  return rules;
}

}  // namespace apiary

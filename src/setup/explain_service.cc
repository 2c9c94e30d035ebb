#include "setup/explain_service.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/counted.h"
#include "base/size_text.h"
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

}  // namespace

std::vector<std::pair<std::string_view, std::string>> service_rules(
    const ServicePrivileges& privileges, const SandboxView& view) {
  const ProgramLimits limits = limits_of(privileges);
  std::string shown = view.directory;
  if (const std::string hidden = hidden_text(view); !hidden.empty()) shown += " without " + hidden;
  for (const std::string& path : view.shown) shown += ", " + path;
  return {{"user", user_text(privileges)},
          {"sandbox",
           "its own processes, IPC and host name; a network with nothing in it; no capabilities; "
           "no calls for tracing, mounts, keys, kernel modules"},
          {"limits",
           fmt::format("{}, {} of memory, {} s of processor time each, {} s in all, {}, {} of "
                       "output",
                       counted(limits.processes, "process"), size_text(limits.memory_bytes),
                       limits.cpu_seconds, limits.wall_seconds,
                       counted(limits.open_files, "open file"), size_text(limits.output_bytes))},
          {"writes",
           fmt::format("only to its own /tmp and /dev/shm; 16M each, files of up to {}; all gone "
                       "when it ends",
                       size_text(limits.file_bytes))},
          {"reads", "programs and libraries of the system; " + shown}};
}

}  // namespace apiary

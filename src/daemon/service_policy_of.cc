#include "daemon/service_policy_of.h"

#include <filesystem>

#include "control/control_protocol.h"
#include "daemon/web_listener.h"

namespace apiary {
namespace {

/// Files that the daemon writes and reads, without those of the configuration.
std::vector<std::string> daemon_files_of(const RunOptions& options) {
  std::vector<std::string> files;
  for (const SinkSpec& sink : options.events.sinks) {
    if (sink.kind->target != SinkKind::Target::network) files.push_back(sink.where);
    if (sink.spool) files.push_back(sink.spool->path);
  }
  if (options.control != "off")
    files.push_back(options.control.empty() ? default_control_path : options.control);
  if (const auto web = parse_web_address(options.web); web && web->is_unix())
    files.push_back(web->socket_path);
  for (const std::string& file : {options.events.capture, options.events.quarantine,
                                  web_token_file_of(options), options.spawner})
    if (!file.empty()) files.push_back(file);
  // The daemon's user may not be able to follow links to them later.
  std::vector<std::string> paths;
  for (const std::string& file : files) {
    const auto path = std::filesystem::absolute(file).lexically_normal();
    std::error_code error;
    paths.push_back(path);
    paths.push_back(std::filesystem::weakly_canonical(path, error));
    if (paths.back().empty() || paths.back() == path) paths.pop_back();
  }
  return paths;
}

}  // namespace

ServicePolicy service_policy_of(const RunOptions& options, const std::string& directory) {
  return {.directory = directory,
          .user = options.service_user,
          .has_view = options.contain != ContainMode::off,
          .daemon_files = daemon_files_of(options)};
}

}  // namespace apiary

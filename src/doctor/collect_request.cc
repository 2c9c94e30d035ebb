#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/counted.h"
#include "base/printable.h"
#include "config/source_snippet.h"
#include "doctor/collect_snapshot.h"
#include "setup/claim.h"
#include "setup/load.h"
#include "setup/service_programs.h"

namespace apiary {
namespace {

/// The first error, and how many more there are.
std::string first_error(const ExaminedConfiguration& examined) {
  const auto is_error = [](const Diagnostic& d) { return d.severity == Severity::error; };
  const auto first = std::ranges::find_if(examined.diagnostics, is_error);
  if (first == examined.diagnostics.end()) return examined.problem;
  const auto errors = std::ranges::count_if(examined.diagnostics, is_error);
  return fmt::format("{}: {}{}", examined.source->place_name(first->place.begin),
                     printable(first->message),
                     errors == 1 ? "" : "; and " + counted(errors - 1, "more error"));
}

bool is_readable_for(const std::string& path, const passwd& user) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return true;  // another check reports it
  if (status.st_uid == user.pw_uid) return (status.st_mode & S_IRUSR) != 0;
  if (status.st_gid == user.pw_gid) return (status.st_mode & S_IRGRP) != 0;
  return (status.st_mode & S_IROTH) != 0;
}

/// Facts from statements that the built honeynet does not contain.
void read_statements(const std::string& path, const std::string& text, RunRequest& request) {
  SourceText source(path, text);
  for (const Statement& statement : parse(source, machine_settings().parsing).statements) {
    request.has_own_macs = request.has_own_macs ||
                           trait_in<traits::Ethernet>(statement.content) != nullptr ||
                           std::holds_alternative<Dhcp>(statement.content);
    if (const auto* bind = std::get_if<BindAddress>(&statement.content))
      if (bind->addresses.value.first == bind->addresses.value.last)
        request.named.add(bind->addresses.value);
    if (const auto* port = std::get_if<AddPort>(&statement.content))
      if (const auto* service =
              std::get_if<std::shared_ptr<const ServiceSpec>>(&port->action.value.action))
        request.has_proxies = request.has_proxies || std::holds_alternative<Proxy>(**service);
  }
}

void read_configuration(const DoctorOptions& options, RunRequest& request) {
  const auto examined =
      examine_configuration({request.file, options.personalities, {.ids = options.allowed_users}});
  if (!examined) {
    request.configuration_error = examined.error();
    return;
  }
  if (has_errors(examined->diagnostics)) {
    request.configuration_error = first_error(*examined);
    return;
  }
  request.routers = examined->configuration.honeynet->topology().routers();
  request.wanted = examined->configuration.addresses;
  request.has_subsystems = !examined->configuration.honeynet->subsystems().empty();
  read_statements(request.file, examined->source->first_file().text, request);
  const passwd* const user = getpwnam(RunRequest::daemon_user);
  if (user != nullptr) request.daemon_number = std::to_string(user->pw_uid);
  if (geteuid() != 0) return;
  if (user != nullptr && !is_readable_for(request.file, *user))
    request.unreadable_for = RunRequest::daemon_user;
  const auto folder =
      std::filesystem::absolute(request.file).lexically_normal().parent_path().string();
  for (const MissingProgram& missing : missing_programs(
           examined->configuration.scripts, {.directory = folder, .user = options.service_user}))
    request.missing_programs.push_back(missing.sentence);
}

}  // namespace

tl::expected<RunRequest, std::string> collect_request(const DoctorOptions& options) {
  RunRequest request{.file = options.configuration,
                     .nets = options.nets,
                     .contain = options.contain,
                     .service_users = options.service_users,
                     .allows_asymmetric = options.allows_asymmetric};
  auto nets = parse_nets(options.nets);
  if (!nets) return tl::unexpected(nets.error());
  if (!request.file.empty()) read_configuration(options, request);
  if (!nets->empty()) request.wanted = std::move(*nets);
  for (const std::string& net : options.nets)
    if (const auto range = parse_address_range(net); range && range->first == range->last)
      request.named.add(*range);
  auto claim = exclude_own_addresses(request.wanted);
  if (!claim) return tl::unexpected(claim.error());
  request.claimed = std::move(claim->addresses);
  return request;
}

}  // namespace apiary

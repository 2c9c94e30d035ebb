#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/counted.h"
#include "config/source_snippet.h"
#include "doctor/look_around.h"
#include "runtime/claim.h"
#include "runtime/load.h"
#include "runtime/service_programs.h"

namespace apiary {
namespace {

constexpr const char* service_user = "nobody";

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
  if (stat(path.c_str(), &status) != 0) return true;  // said elsewhere
  if (status.st_uid == user.pw_uid) return (status.st_mode & S_IRUSR) != 0;
  if (status.st_gid == user.pw_gid) return (status.st_mode & S_IRGRP) != 0;
  return (status.st_mode & S_IROTH) != 0;
}

/// What statements want that the built honeynet does not tell.
void read_statements(const std::string& path, const std::string& text, Wish& wish) {
  SourceText source(path, text);
  for (const Statement& statement : parse(source, machine_settings().parsing).statements) {
    wish.has_own_macs = wish.has_own_macs ||
                        std::holds_alternative<SetEthernet>(statement.content) ||
                        std::holds_alternative<Dhcp>(statement.content);
    if (const auto* bind = std::get_if<BindAddress>(&statement.content))
      if (bind->addresses.value.first == bind->addresses.value.last)
        wish.named.add(bind->addresses.value);
    if (const auto* port = std::get_if<AddPort>(&statement.content))
      if (const auto* service =
              std::get_if<std::shared_ptr<const ServiceSpec>>(&port->action.value.action))
        wish.has_proxies = wish.has_proxies || std::holds_alternative<Proxy>(**service);
  }
}

void read_configuration(const DoctorOptions& options, Wish& wish) {
  const auto examined = examine_configuration({wish.file, options.personalities});
  if (!examined) {
    wish.configuration_error = examined.error();
    return;
  }
  if (has_errors(examined->diagnostics)) {
    wish.configuration_error = first_error(*examined);
    return;
  }
  wish.routers = examined->configuration.honeynet->topology().routers();
  wish.wanted = examined->configuration.addresses;
  read_statements(wish.file, examined->source->first_file().text, wish);
  const passwd* const user = getpwnam(Wish::daemon_user);
  if (user != nullptr) wish.daemon_number = std::to_string(user->pw_uid);
  if (geteuid() != 0) return;
  if (user != nullptr && !is_readable_for(wish.file, *user))
    wish.unreadable_for = Wish::daemon_user;
  const auto folder =
      std::filesystem::absolute(wish.file).lexically_normal().parent_path().string();
  for (const MissingProgram& missing :
       missing_programs(examined->configuration.scripts, folder, service_user))
    wish.missing_programs.push_back(missing.sentence);
}

}  // namespace

tl::expected<Wish, std::string> look_at_wish(const DoctorOptions& options) {
  Wish wish{.file = options.configuration,
            .nets = options.nets,
            .allows_asymmetric = options.allows_asymmetric};
  auto nets = parse_nets(options.nets);
  if (!nets) return tl::unexpected(nets.error());
  if (!wish.file.empty()) read_configuration(options, wish);
  if (!nets->empty()) wish.wanted = std::move(*nets);
  for (const std::string& net : options.nets)
    if (const auto range = parse_address_range(net); range && range->first == range->last)
      wish.named.add(*range);
  auto settled = exclude_own_addresses(wish.wanted);
  if (!settled) return tl::unexpected(settled.error());
  wish.claimed = std::move(settled->addresses);
  return wish;
}

}  // namespace apiary

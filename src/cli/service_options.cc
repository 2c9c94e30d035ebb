#include "cli/service_options.h"

#include <pwd.h>

#include <charconv>
#include <map>

#include "cli/option_values.h"

namespace apiary {
namespace {

const std::map<std::string, ContainMode> contain_modes = {{"required", ContainMode::required},
                                                          {"best-effort", ContainMode::best_effort},
                                                          {"off", ContainMode::off}};
constexpr std::uint32_t max_user = 0xffff'fffe;  // the next means "no change"

}  // namespace

std::optional<UserRange> parse_user_range(std::string_view text) {
  const char* const end = text.data() + text.size();
  std::uint32_t first = 0, last = 0;
  const auto read = std::from_chars(text.data(), end, first);
  if (read.ec != std::errc{} || read.ptr == end || *read.ptr != '-') return {};
  const auto rest = std::from_chars(read.ptr + 1, end, last);
  if (rest.ec != std::errc{} || rest.ptr != end) return {};
  if (first == 0 || last < first || last > max_user) return {};
  return UserRange{first, last - first + 1};
}

void add_service_user_options(CLI::App& command, std::string& user,
                              std::vector<std::uint32_t>& allowed) {
  add_user_option(command, "--service-user", user,
                  "User that all services run as (default: each has a user of its own)")
      ->check([](const std::string& name) {
        const passwd* const account = getpwnam(name.c_str());
        return account == nullptr || account->pw_uid != 0
                   ? ""
                   : "services may not run as " + name +
                         ": attackers talk to them; leave the option out, and each has a user of "
                         "its own";
      });
  command
      .add_option("--allow-uid", allowed,
                  "User or group that `set ... uid` may name; repeatable (default: none)")
      ->type_name("NUMBER")
      ->check(CLI::Range(1U, max_user).description(""))
      ->allow_extra_args(false);
}

void add_containment_options(CLI::App& command, UserRange& users, ContainMode& contain) {
  command
      .add_option_function<std::string>(
          "--service-uids", [&users](const std::string& text) { users = *parse_user_range(text); },
          "Range of user numbers that the machine does not use, one for each running service "
          "(default: 2000000000-2000065535)")
      ->type_name("FIRST-LAST")
      ->check([](const std::string& text) {
        return parse_user_range(text) ? "" : "'" + text + "' is no range of users, as 4000-4999";
      });
  add_contain_option(command, contain);
}

void add_contain_option(CLI::App& command, ContainMode& contain) {
  limit_to(*command
                .add_option_function<std::string>(
                    "--contain",
                    [&contain](const std::string& mode) { contain = contain_modes.at(mode); },
                    "Sandboxes of services: required (without one, a service does not start), "
                    "best-effort (without what the machine refuses), off")
                ->type_name("MODE")
                ->default_str("required"),
           {"required", "best-effort", "off"});
}

void add_service_options(CLI::App& command, RunOptions& options) {
  add_service_user_options(command, options.service_user, options.allowed_users);
  add_containment_options(command, options.service_users, options.contain);
}

}  // namespace apiary

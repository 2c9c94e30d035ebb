#include "cli/service_options.h"

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

void add_service_options(CLI::App& run, RunOptions& options) {
  add_user_option(run, "--service-user", options.service_user,
                  "User that all services run as (default: each has a user of its own)");
  run.add_option_function<std::string>(
         "--service-uids",
         [&options](const std::string& text) { options.service_users = *parse_user_range(text); },
         "Users of our own, one for each service that runs (default: 2000000000-2000065535)")
      ->type_name("FIRST-LAST")
      ->check([](const std::string& text) {
        return parse_user_range(text) ? "" : "'" + text + "' is no range of users, as 4000-4999";
      });
  run.add_option("--allow-uid", options.allowed_users,
                 "User that `set ... uid` may name; repeatable (default: none)")
      ->type_name("NUMBER")
      ->check(CLI::Range(1U, max_user))
      ->allow_extra_args(false);
  limit_to(
      *run.add_option_function<std::string>(
              "--contain",
              [&options](const std::string& mode) { options.contain = contain_modes.at(mode); },
              "Sandboxes of services: required (a service does not start without), best-effort, "
              "off")
           ->type_name("MODE")
           ->default_str("required"),
      {"required", "best-effort", "off"});
}

}  // namespace apiary

#include "cli/honeyd_options.h"

#include <algorithm>
#include <iterator>

namespace apiary {
namespace {

constexpr std::string_view not_needed = "remove it, Apiary does not need it";
constexpr std::string_view of_the_page = "use --web ADDRESS:PORT for the dashboard";

struct HoneydOption {
  std::string_view name, instead;
};

constexpr HoneydOption honeyd_options[] = {
    {"-d", "remove it, apiary run stays in the foreground"},
    {"-P", not_needed},
    {"-t", "apiary ctl leases lists the leases"},
    {"-p", "use --personalities FILE"},
    {"-x", not_needed},
    {"-a", not_needed},
    {"-0", not_needed},
    {"-m", not_needed},
    {"-u", "use --service-user USER"},
    {"-g", "use --service-user USER, whose group it is"},
    {"-c", "use --events FILE or --syslog WHERE"},
    {"-R", "use --key TEXT"},
    {"-V", "use --version"},
    {"--verify-config", "apiary check FILE does that"},
    {"--ignore-parse-errors", not_needed},
    {"--include-dir", not_needed},
    {"--data-dir", not_needed},
    {"--disable-update", not_needed},
    {"--disable-webserver", "remove it, there is no dashboard without --web"},
    {"--webserver-address", of_the_page},
    {"--webserver-port", of_the_page},
    {"--webserver-root", of_the_page},
    {"--fix-webserver-permissions", not_needed},
    {"--rrdtool-path", not_needed},
};

}  // namespace

std::string_view replacement_of_honeyd_option(std::string_view name) {
  const auto* const found =
      std::ranges::find(honeyd_options, name, [](const HoneydOption& each) { return each.name; });
  return found == std::end(honeyd_options) ? std::string_view{} : found->instead;
}

}  // namespace apiary

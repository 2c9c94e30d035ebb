#include "service/script_command.h"

#include <fmt/format.h>

#include "sandbox/launch.h"

namespace apiary {

namespace {

/// "2026-11-23-13:40:05": one word, as in Honeyd's logs.
std::string local_date(std::time_t now) {
  std::tm local{};
  if (localtime_r(&now, &local) == nullptr) return "?";
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d-%H:%M:%S", &local)};
}

}  // namespace

std::vector<std::string> service_arguments(std::string_view command, const OpenSession& open,
                                           std::time_t now) {
  const std::string date = local_date(now);
  return split_command(command, Variables(open.flow, date, open.host_name));
}

std::vector<std::string> service_environment(const OpenSession& open, std::string_view directory) {
  // Honeyd leaves HONEYD_REMOTE_OS unset if the system is unknown. Scripts take an empty value for
  // the same, and those that fail on unset variables work.
  return {fmt::format("PATH={}", service_path),
          "HOME=/",
          "LANG=C",
          fmt::format("HONEYD_HOME={}", directory),
          fmt::format("HONEYD_IP_SRC={}", to_string(open.flow.remote.address)),
          fmt::format("HONEYD_IP_DST={}", to_string(open.flow.local.address)),
          fmt::format("HONEYD_SRC_PORT={}", open.flow.remote.port.number),
          fmt::format("HONEYD_DST_PORT={}", open.flow.local.port.number),
          fmt::format("HONEYD_INTERFACE={}", open.interface),
          fmt::format("HONEYD_REMOTE_OS={}", open.visitor_system),
          fmt::format("HONEYD_PERSONALITY={}", open.personality),
          fmt::format("HONEYD_TEMPLATE_NAME={}", open.template_name),
          fmt::format("APIARY_HOST_NAME={}", open.host_name)};
}

}  // namespace apiary

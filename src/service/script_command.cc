#include "service/script_command.h"

#include <fmt/format.h>

#include "service/launch.h"
#include "session/variables.h"

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

std::vector<std::string> split_command(std::string_view command, const FlowKey& flow,
                                       std::time_t now) {
  const std::string text = expand_variables(command, flow, local_date(now));
  std::vector<std::string> words;
  for (std::size_t end = 0; end < text.size();) {
    const std::size_t start = text.find_first_not_of(" \t", end);
    if (start == std::string::npos) break;
    end = std::min(text.find_first_of(" \t", start), text.size());
    words.push_back(text.substr(start, end - start));
  }
  return words;
}

std::vector<std::string> service_environment(const OpenSession& open, std::string_view directory) {
  return {fmt::format("PATH={}", service_path),
          "HOME=/",
          "LANG=C",
          fmt::format("HONEYD_HOME={}", directory),
          fmt::format("HONEYD_IP_SRC={}", to_string(open.flow.remote.address)),
          fmt::format("HONEYD_IP_DST={}", to_string(open.flow.local.address)),
          fmt::format("HONEYD_SRC_PORT={}", open.flow.remote.port.number),
          fmt::format("HONEYD_DST_PORT={}", open.flow.local.port.number),
          fmt::format("HONEYD_PERSONALITY={}", open.personality),
          fmt::format("HONEYD_TEMPLATE_NAME={}", open.template_name)};
}

}  // namespace apiary

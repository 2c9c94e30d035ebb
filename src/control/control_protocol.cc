#include "control/control_protocol.h"

#include <fmt/format.h>

#include <charconv>

namespace apiary {
namespace {

/// Removes `word` and the blank after it from `line`.
bool take_word(std::string_view& line, std::string_view word) {
  if (!line.starts_with(word) || !line.substr(word.size()).starts_with(' ')) return false;
  line.remove_prefix(word.size() + 1);
  return true;
}

}  // namespace

std::string to_wire(const ControlRequest& request) {
  return fmt::format("{} {}\n", request.json ? "json" : "text", request.command);
}

std::optional<ControlRequest> parse_control_request(std::string_view line) {
  const bool json = take_word(line, "json");
  if (!json && !take_word(line, "text")) return {};
  return ControlRequest{json, std::string(line)};
}

std::string header_of(const ControlResponse& answer) {
  return fmt::format("{} {}\n", answer.ok ? "ok" : "error", answer.text.size());
}

std::optional<ControlResponseHeader> parse_control_response_header(std::string_view line) {
  const bool ok = take_word(line, "ok");
  if (!ok && !take_word(line, "error")) return {};
  ControlResponseHeader header{ok, 0};
  const char* const end = line.data() + line.size();
  const auto [stop, trouble] = std::from_chars(line.data(), end, header.text_bytes);
  if (line.empty() || trouble != std::errc{} || stop != end) return {};
  return header;
}

}  // namespace apiary

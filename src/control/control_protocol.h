/// control/: queries and changes of a running daemon: a Unix socket on its event loop, the
/// protocol, the responses, and the client (`apiary ctl`).
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace apiary {

inline constexpr const char* default_control_path = "/run/apiary.sock";

/// A client's request: one line, "text COMMAND" or "json COMMAND". The response is a line "ok N" or
/// "error N", then N bytes; then the daemon closes the connection.
struct ControlRequest {
  bool json = false;
  std::string command;
};

/// The longest request, in bytes, including its line end.
inline constexpr std::size_t max_request_bytes = 65'536;

struct ControlResponse {
  bool ok = true;
  std::string text{};  // whole lines; diagnostics if not ok
};

/// Takes the response to a request, immediately or later, on the thread of the daemon's loop.
using ControlReply = std::function<void(ControlResponse)>;

/// The encoded request. REQUIRES: no line end in the command.
std::string to_wire(const ControlRequest& request);
/// Nothing if `line`, without its line end, is not a request.
std::optional<ControlRequest> parse_control_request(std::string_view line);

/// The line before the text of a response, with its line end.
std::string header_of(const ControlResponse& answer);
struct ControlResponseHeader {
  bool ok = true;
  std::size_t text_bytes = 0;
};
/// Nothing if `line`, without its line end, is not the header of a response.
std::optional<ControlResponseHeader> parse_control_response_header(std::string_view line);

}  // namespace apiary

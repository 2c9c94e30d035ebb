#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace apiary {

/// Where the dashboard is served: at an address and port, or at a Unix socket.
struct WebAddress {
  std::string host;  // an IPv4 or IPv6 address, without brackets
  std::uint16_t port = 0;
  bool is_loopback = false;
  std::string socket_path{};  // of the Unix socket; empty: the address counts

  bool is_unix() const { return !socket_path.empty(); }
};

/// Parses "unix:PATH", or "unix" for the socket's usual place; "127.0.0.1:8080", "[::1]:8080",
/// "localhost:8080" or, for loopback, "8080". Error: a sentence.
tl::expected<WebAddress, std::string> parse_web_address(std::string_view text);

/// "http://127.0.0.1:8080/", or "unix:/run/apiary/web.sock".
std::string url_of(const WebAddress& address);

/// The folder of the dashboard's socket and token unless options name others: /run/apiary for root
/// and where a service manager has made it for this user, else "apiary" in $XDG_RUNTIME_DIR.
std::string default_web_folder();
/// The usual place of the socket for a client: the first that exists, a user's own before the
/// machine's.
std::string default_web_socket();

}  // namespace apiary

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace apiary {

/// The address of the dashboard.
struct WebAddress {
  std::string host;  // an IPv4 or IPv6 address, without brackets
  std::uint16_t port = 0;
  bool is_loopback = false;
};

/// Parses "127.0.0.1:8080", "[::1]:8080", "localhost:8080" or, for loopback, "8080". Error: a
/// sentence.
tl::expected<WebAddress, std::string> parse_web_address(std::string_view text);

/// "http://127.0.0.1:8080/".
std::string url_of(const WebAddress& address);

/// The token in the first line of a file: at least 16 printable characters without blanks. Error: a
/// sentence.
tl::expected<std::string, std::string> read_web_token(const std::string& path);

}  // namespace apiary

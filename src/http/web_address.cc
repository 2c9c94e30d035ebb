#include "http/web_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "posix/read_file.h"

namespace apiary {
namespace {

constexpr std::size_t shortest_token = 16;

bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  return host == "::1";
}

bool is_address(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

}  // namespace

tl::expected<WebAddress, std::string> parse_web_address(std::string_view text) {
  const auto fail = [text] {
    return tl::unexpected(
        fmt::format("--web {}: not an address and a port; use, for example, 127.0.0.1:8080", text));
  };
  const std::size_t colon = text.rfind(':');
  std::string host =
      colon == std::string_view::npos ? "127.0.0.1" : std::string(text.substr(0, colon));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  const std::string_view port = colon == std::string_view::npos ? text : text.substr(colon + 1);
  WebAddress address{.host = host, .is_loopback = is_loopback(host)};
  const auto read = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (read.ec != std::errc{} || read.ptr != port.data() + port.size() || address.port == 0 ||
      !is_address(host))
    return fail();
  return address;
}

std::string url_of(const WebAddress& address) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return fmt::format("http://{}{}{}:{}/", is_v6 ? "[" : "", address.host, is_v6 ? "]" : "",
                     address.port);
}

tl::expected<std::string, std::string> read_web_token(const std::string& path) {
  const std::string text = read_file(path).value_or("");
  const std::string token = text.substr(0, text.find_first_of("\r\n"));
  if (token.empty())
    return tl::unexpected(fmt::format(
        "cannot read a token from {}; create one with: head -c 24 /dev/urandom | base64 > {}", path,
        path));
  const bool is_sane =
      std::ranges::all_of(token, [](char letter) { return letter > ' ' && letter <= '~'; });
  if (token.size() < shortest_token || !is_sane)
    return tl::unexpected(
        fmt::format("the first line of {} is not a token: it needs at least {} printable "
                    "characters without spaces",
                    path, shortest_token));
  return token;
}

}  // namespace apiary

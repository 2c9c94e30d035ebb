#include "http/web_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

namespace apiary {
namespace {

constexpr std::string_view unix_scheme = "unix";
constexpr const char* machine_folder = "/run/apiary";
constexpr const char* socket_name = "/web.sock";

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

/// The user's own folder; empty: none.
std::string user_folder() {
  const char* const folder = std::getenv("XDG_RUNTIME_DIR");
  return folder == nullptr || *folder != '/' ? "" : std::string(folder) + "/apiary";
}

}  // namespace

tl::expected<WebAddress, std::string> parse_web_address(std::string_view text) {
  if (text == unix_scheme || text == "unix:")
    return WebAddress{.host = {}, .socket_path = default_web_folder() + socket_name};
  if (text.starts_with("unix:"))
    return WebAddress{.host = {}, .socket_path = std::string(text.substr(unix_scheme.size() + 1))};
  const auto fail = [text] {
    return tl::unexpected(
        fmt::format("--web {}: not an address and a port, nor a socket; use, for example, "
                    "127.0.0.1:8080 or unix:/run/apiary/web.sock (a NET stands before --web, or "
                    "after --web=unix)",
                    text));
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
  if (address.is_unix()) return "unix:" + address.socket_path;
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return fmt::format("http://{}{}{}:{}/", is_v6 ? "[" : "", address.host, is_v6 ? "]" : "",
                     address.port);
}

std::string default_web_folder() {
  const std::string own = user_folder();
  return geteuid() == 0 || own.empty() || access(machine_folder, W_OK) == 0 ? machine_folder : own;
}

std::string default_web_socket() {
  const std::string own = user_folder() + socket_name;
  return access(own.c_str(), F_OK) == 0 ? own : std::string(machine_folder) + socket_name;
}

}  // namespace apiary

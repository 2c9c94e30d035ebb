#include "config/proxy_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/address.h"
#include "base/ascii.h"
#include "config/plain_word.h"
#include "config/port_values.h"

namespace apiary {
namespace {

bool is_host_name(std::string_view text) {
  const auto allowed = [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  };
  const auto numeric = [](char c) { return is_digit(c) || c == '.'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), allowed) &&
         !std::all_of(text.begin(), text.end(), numeric);
}

tl::expected<std::string, ValueError> read_socket_path(std::string_view text) {
  const std::string_view path = text.substr(text.find('/'));
  if (path.size() > socket_path_limit_bytes)
    return invalid(fmt::format("the path '{}' is too long for a socket", path),
                   fmt::format("it may have {} bytes", socket_path_limit_bytes));
  if (path.ends_with('/')) return invalid(fmt::format("'{}' is a folder, not a socket", path));
  return std::string{text};
}

}  // namespace

bool is_socket_path(std::string_view target) { return target.starts_with("unix:/"); }

tl::expected<std::string, ValueError> read_proxy_target(std::string_view text) {
  if (is_socket_path(text)) return read_socket_path(text);
  const std::size_t colon = text.rfind(':');
  const std::string_view host = text.substr(0, colon);
  if (colon == std::string_view::npos || host.empty() || colon + 1 == text.size())
    return invalid(fmt::format("'{}' is not a target for a proxy", text),
                   "a proxy's target is HOST:PORT, such as 192.0.2.1:22 or $ipsrc:$dport, or "
                   "unix:/PATH");
  if (host != "$ipsrc" && host != "$ipdst" && !parse_ip_address(host) && !is_host_name(host))
    return invalid(fmt::format("'{}' is neither an address nor a host name", host),
                   "a proxy's host is an address, a host name, $ipsrc or $ipdst");
  const std::string_view port = text.substr(colon + 1);
  if (port == "$sport" || port == "$dport") return std::string{text};
  if (!begins_with_digit(port) && host == "unix")
    return invalid(fmt::format("'{}' is not an absolute path", port),
                   "a Unix socket is written as unix:/run/sshd.sock");
  if (!begins_with_digit(port))
    return invalid(fmt::format("expected a port number, found '{}'", port),
                   "a proxy's port is a number from 1 to 65535, $sport or $dport");
  if (auto number = read_port(port); !number) return tl::unexpected(std::move(number.error()));
  return std::string{text};
}

}  // namespace apiary

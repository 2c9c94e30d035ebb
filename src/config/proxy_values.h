#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "config/value_error.h"

namespace apiary {

/// The path of a Unix socket, in Linux: sun_path of sockaddr_un, which ends with a zero.
inline constexpr std::size_t socket_path_limit_bytes = 107;

/// Whether a proxy's target is a Unix socket: "unix:/run/sshd.sock".
bool is_socket_path(std::string_view target);

/// "unix:/PATH" or "HOST:PORT" of a proxy. HOST is an address, a host name, $ipsrc or $ipdst; PORT
/// a number, $sport or $dport. Returns it in the same spelling.
tl::expected<std::string, ValueError> read_proxy_target(std::string_view text);

}  // namespace apiary

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/address.h"
#include "posix/system_error.h"

namespace apiary {

/// A network interface, as the kernel reports it.
struct NetworkInterface {
  std::string name;  // as `ip link` shows it, not an altname
  int index = 0;
  bool is_ethernet = false;
  bool is_up = false;
  MacAddress mac;             // unused unless Ethernet
  std::size_t mtu_bytes = 0;  // of the IP packet
};

/// The interface with `name`, which may be an altname.
/// Errors: no interface has that name; the text lists the interfaces.
tl::expected<NetworkInterface, SystemError> find_interface(std::string_view name);

/// The interface of the default route. Returns nothing if there is no default route.
std::optional<std::string> default_interface();

}  // namespace apiary

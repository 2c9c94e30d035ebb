#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/address.h"
#include "posix/system_error.h"

namespace apiary {

/// What the kernel says of one of its interfaces.
struct NetworkInterface {
  std::string name;  // the first one, by which `ip link` shows it
  int index = 0;
  bool is_ethernet = false;
  bool is_up = false;
  MacAddress mac;             // unused unless Ethernet
  std::size_t mtu_bytes = 0;  // of the IP packet
};

/// The interface that has `name`, be it an alternative one (altname).
/// Errors: no interface has that name; the text lists those there are.
tl::expected<NetworkInterface, SystemError> find_interface(std::string_view name);

/// The interface that the default route leaves by; nothing when there is none.
std::optional<std::string> default_interface();

}  // namespace apiary

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/address.h"
#include "base/address_set.h"
#include "config/value_error.h"

namespace apiary {

/// "10.0.0.5": the address of a machine, not multicast, broadcast or 0.0.0.0.
tl::expected<IpAddress, ValueError> read_machine_address(std::string_view text);

/// "10.0.0.0/24", or a single address. Clears bits set after the prefix, as Honeyd does.
tl::expected<IpPrefix, ValueError> read_network(std::string_view text);

/// The warning about "10.0.0.5/24", in which bits after the prefix are set; nothing for others.
std::optional<ValueError> remark_on_host_bits(std::string_view text);

/// "10.0.0.0/24", "10.0.0.5-10.0.0.9": addresses that machines can have.
tl::expected<AddressRange, ValueError> read_address_range(std::string_view text);

/// "00:11:22:33:44:55", the address of a card, or the name of a vendor. Returns it unchanged.
tl::expected<std::string, ValueError> read_ethernet(std::string_view text);

}  // namespace apiary

#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "config/value_error.h"
#include "session/egress_rule.h"

namespace apiary {

/// "192.0.2.0/24:80/tcp", "198.51.100.7:53", "192.0.2.7:6000-6010", "192.0.2.0/24/udp",
/// "192.0.2.7": a network or an address, ports and a protocol, the last two optional.
tl::expected<EgressRule, ValueError> read_egress_rule(std::string_view text);

/// The part with the network.
std::string_view network_of_egress_rule(std::string_view text);

}  // namespace apiary

#pragma once

#include <string_view>
#include <tl/expected.hpp>

#include "config/port_names.h"
#include "config/statement.h"
#include "config/value_error.h"

namespace apiary {

/// "80": from 1 to 65535.
tl::expected<Port, ValueError> read_port(std::string_view text);

/// "80", "http", "6000-6010": ports by number or name. (Names may have dashes in them.)
tl::expected<PortRange, ValueError> read_ports(std::string_view text, IpProtocol protocol,
                                               const PortNames& names);

}  // namespace apiary

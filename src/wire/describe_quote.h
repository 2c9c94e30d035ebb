#pragma once

#include <string>

#include "wire/ip.h"

namespace apiary {

/// "(ttl 63, id 7, DF)": the fields of an IPv4 header that depend on the sending system. Includes
/// type of service, MF, the reserved bit and options if they are not zero.
std::string describe_ip_attributes(const IpDatagram& datagram);

/// The start of a datagram that an ICMP error quotes (RFC 792), as much as there is. Ignores
/// lengths and checksums, since systems garble them.
std::string describe_quote(Bytes quote);

}  // namespace apiary

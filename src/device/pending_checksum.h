#pragma once

#include "base/bytes.h"

namespace apiary {

/// Whether an Ethernet frame with IPv4 has the checksum of a kernel that leaves it to hardware: in
/// the field of TCP or UDP, the sum of the pseudo-header alone. The kernel knows which packets of
/// its own these are, but AF_XDP does not pass it on. Once in 65,536 times, another wrong checksum
/// looks like it.
bool has_pending_checksum(Bytes frame);

}  // namespace apiary

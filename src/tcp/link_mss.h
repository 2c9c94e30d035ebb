#pragma once

#include "host/host_context.h"

namespace apiary {

/// Lowers the MSS that a host on the link offers, and a window of whole segments, if the link's MTU
/// is below Ethernet's. Otherwise keeps the fingerprint's value, even a larger one, since nmap
/// observed it.
void fit_mss_to_link(TcpReply& reply, const HostContext& host);

}  // namespace apiary

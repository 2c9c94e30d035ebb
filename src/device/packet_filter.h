#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <vector>

#include "device/device.h"

namespace apiary {

/// The most ranges a filter tells apart: six instructions each, and the kernel takes 4096.
inline constexpr std::size_t max_filter_ranges = 600;

/// A program for SO_ATTACH_FILTER on a socket that sees Ethernet frames. It accepts ARP, and IPv4
/// to an address of `reception`, if addressed to this machine's link-layer address or broadcast
/// (IPv4 also multicast): what another program's promiscuous mode lets in is not ours to answer.
/// ARP of VLANs is rejected; IPv4 is accepted, to be counted. With MAC addresses besides its own,
/// it accepts those of any other machine as well. With DHCP, it accepts what goes to clients,
/// whoever they are (RFC 2131 section 4.1). With broadcasts, UDP and ICMP in frames to all or to a
/// group, whatever their address. With more than max_filter_ranges ranges it accepts
/// coarser_cover() of them.
std::vector<sock_filter> build_packet_filter(const ReceiveFilter& filter);

/// The smallest set of at most `max_ranges` ranges that holds all of `set`.
AddressSet coarser_cover(const AddressSet& set, std::size_t max_ranges);

}  // namespace apiary

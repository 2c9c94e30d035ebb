#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <vector>

#include "base/shard_share.h"
#include "device/device.h"

namespace apiary {

/// The maximum number of ranges in a filter: six instructions each, and the kernel accepts 4096.
inline constexpr std::size_t max_filter_ranges = 600;

/// A program for SO_ATTACH_FILTER on a socket that receives Ethernet frames. It accepts ARP, and
/// IPv4 to the addresses of `filter`, in frames to this machine's MAC address or to broadcast (IPv4
/// also multicast): it rejects frames that only another program's promiscuous mode lets in. It
/// rejects ARP of VLANs, and accepts their IPv4, so that the engine counts it. If `filter` has
/// - MAC addresses, it also accepts frames to any other machine;
/// - `dhcp`, messages to any DHCP client (RFC 2131 section 4.1);
/// - `broadcasts`, UDP and ICMP in broadcast and multicast frames, to any address;
/// - more than max_filter_ranges ranges, coarser_cover() of them.
/// It accepts only those IPv4 packets for one of the addresses that are of `share`. So each of
/// several sockets receives the packets for its shard, and all receive ARP and broadcasts.
std::vector<sock_filter> build_packet_filter(const ReceiveFilter& filter, ShardShare share = {});

/// The smallest set of at most `max_ranges` ranges that contains `set`.
AddressSet coarser_cover(const AddressSet& set, std::size_t max_ranges);

}  // namespace apiary

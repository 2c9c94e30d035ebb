#pragma once

#include <linux/bpf.h>

#include <vector>

namespace apiary {

/// The size of the time of arrival before a frame, as steering_program() says.
inline constexpr int arrival_stamp_bytes = 8;

/// The key of the map of claimed addresses, a trie of longest prefixes (BPF_MAP_TYPE_LPM_TRIE).
struct SteeredPrefix {
  std::uint32_t length_bits = 0;
  std::uint32_t address = 0;  // in network order
};

/// An XDP program for an Ethernet interface. It passes each IPv4 frame to an address in the map
/// `claimed` to the socket of its receive queue in the map `sockets`, and leaves all other frames
/// to the kernel: ARP, broadcast and multicast frames, frames with a VLAN tag, larger ones than the
/// socket has room for, frames of queues without a socket. Where the driver permits, the bytes
/// before a frame have the time of its arrival in nanoseconds (CLOCK_MONOTONIC). `claimed` and
/// `sockets` are descriptors.
std::vector<bpf_insn> steering_program(int claimed, int sockets, int largest_frame_bytes);

}  // namespace apiary

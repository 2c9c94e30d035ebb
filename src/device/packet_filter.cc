#include "device/packet_filter.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <numeric>
#include <span>

#include "wire/ethernet.h"

namespace apiary {
namespace {

// Offsets of fields in an untagged Ethernet frame, in bytes.
constexpr std::uint32_t ether_type_offset = 12;
constexpr std::uint32_t ipv4_destination_offset = 30;
// Offsets by which a program loads the kernel's metadata of a frame.
constexpr std::uint32_t packet_type = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE);
constexpr std::uint32_t vlan_tag = static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_VLAN_TAG);

constexpr sock_filter reject{BPF_RET | BPF_K, 0, 0, 0};
constexpr sock_filter accept{BPF_RET | BPF_K, 0, 0, 0x40000};  // the whole frame

constexpr sock_filter load_word(std::uint32_t offset) {
  return {BPF_LD | BPF_W | BPF_ABS, 0, 0, offset};
}
constexpr sock_filter load_half(std::uint32_t offset) {
  return {BPF_LD | BPF_H | BPF_ABS, 0, 0, offset};
}
/// Skips `if_true` or `if_false` instructions, by how the loaded value compares with `value`.
constexpr sock_filter compare(int relation, std::uint32_t value, std::uint8_t if_true,
                              std::uint8_t if_false) {
  return {static_cast<std::uint16_t>(BPF_JMP | BPF_K | relation), if_true, if_false, value};
}
constexpr sock_filter load_byte(std::uint32_t offset) {
  return {BPF_LD | BPF_B | BPF_ABS, 0, 0, offset};
}
constexpr sock_filter calculate(int operation, std::uint32_t operand) {
  return {static_cast<std::uint16_t>(BPF_ALU | BPF_K | operation), 0, 0, operand};
}
constexpr sock_filter skip(std::size_t count) {
  return {BPF_JMP | BPF_JA, 0, 0, static_cast<std::uint32_t>(count)};
}

/// Accepts UDP for port 68, and continues with other packets.
void append_dhcp(std::vector<sock_filter>& program) {
  constexpr std::uint32_t fragment_offset = 20, protocol = 23, udp = 17, client_port = 68;
  constexpr std::uint32_t ip_header = 14, port_behind_header = 16, offset_mask = 0x1fff;
  program.insert(program.end(), {
                                    load_byte(protocol),
                                    compare(BPF_JEQ, udp, 0, 6),
                                    load_half(fragment_offset),
                                    compare(BPF_JSET, offset_mask, 4, 0),
                                    {BPF_LDX | BPF_B | BPF_MSH, 0, 0, ip_header},
                                    {BPF_LD | BPF_H | BPF_IND, 0, 0, port_behind_header},
                                    compare(BPF_JEQ, client_port, 0, 1),
                                    accept,
                                });
}

/// Accepts UDP and ICMP in broadcast and multicast frames to a broadcast or multicast address, and
/// continues with other packets.
void append_broadcasts(std::vector<sock_filter>& program) {
  constexpr std::uint32_t protocol = 23, udp = 17, icmp = 1, multicast = 0xe0000000;
  constexpr std::uint32_t behind_multicast = 0xf0000000;
  program.insert(program.end(), {
                                    load_word(packet_type),
                                    compare(BPF_JEQ, PACKET_BROADCAST, 4, 0),
                                    compare(BPF_JEQ, PACKET_MULTICAST, 0, 7),
                                    load_word(ipv4_destination_offset),
                                    compare(BPF_JGE, multicast, 0, 5),
                                    compare(BPF_JGE, behind_multicast, 4, 0),
                                    load_byte(protocol),
                                    compare(BPF_JEQ, udp, 1, 0),
                                    compare(BPF_JEQ, icmp, 0, 1),
                                    accept,
                                });
}

/// Rejects packets for hosts of other shards, and continues with those of `share`.
void append_share(std::vector<sock_filter>& program, ShardShare share) {
  if (share.count == 1) return;
  program.insert(program.end(), {
                                    load_word(ipv4_destination_offset),
                                    calculate(BPF_MUL, shard_factor),
                                    calculate(BPF_RSH, shard_shift),
                                    calculate(BPF_MOD, share.count),
                                    compare(BPF_JEQ, share.index, 1, 0),
                                    reject,
                                });
}

/// Appends a binary search that accepts when the loaded value lies in one of `ranges`.
void append_search(std::vector<sock_filter>& program, std::span<const AddressRange> ranges) {
  if (ranges.size() == 1) {
    program.insert(program.end(),
                   {compare(BPF_JGE, ranges[0].first.v4_value(), 0, 2),
                    compare(BPF_JGT, ranges[0].last.v4_value(), 1, 0), accept, reject});
    return;
  }
  const std::size_t middle = ranges.size() / 2;
  program.push_back(compare(BPF_JGE, ranges[middle].first.v4_value(), 0, 1));
  const std::size_t to_upper_half = program.size();
  program.push_back({});  // conditional jumps reach only 255 instructions
  append_search(program, ranges.first(middle));
  program[to_upper_half] = skip(program.size() - to_upper_half - 1);
  append_search(program, ranges.subspan(middle));
}

}  // namespace

AddressSet coarser_cover(const AddressSet& set, std::size_t max_ranges) {
  assert(max_ranges > 0);
  const std::vector<AddressRange>& ranges = set.ranges();
  if (ranges.size() <= max_ranges) return set;

  // Only the widest gaps between ranges remain.
  const auto gap_before = [&](std::size_t i) {
    return ranges[i].first.v4_value() - ranges[i - 1].last.v4_value();
  };
  std::vector<std::size_t> starts(ranges.size() - 1);
  std::iota(starts.begin(), starts.end(), std::size_t{1});
  const auto kept_end = starts.begin() + static_cast<std::ptrdiff_t>(max_ranges - 1);
  std::nth_element(starts.begin(), kept_end, starts.end(),
                   [&](std::size_t a, std::size_t b) { return gap_before(a) > gap_before(b); });
  starts.erase(kept_end, starts.end());
  std::sort(starts.begin(), starts.end());
  starts.push_back(ranges.size());

  AddressSet cover;
  std::size_t first = 0;
  for (const std::size_t next : starts) {
    cover.add({ranges[first].first, ranges[next - 1].last});
    first = next;
  }
  return cover;
}

std::vector<sock_filter> build_packet_filter(const ReceiveFilter& filter, ShardShare share) {
  const AddressSet& claimed = filter.addresses;
  const bool has_macs = filter.many_macs || !filter.macs.empty();
  const std::uint32_t others = has_macs ? PACKET_OTHERHOST : PACKET_HOST;
  std::vector<sock_filter> program{
      load_half(ether_type_offset),
      compare(BPF_JEQ, ETH_P_ARP, 0, 6),
      load_word(vlan_tag),  // 0: none
      compare(BPF_JSET, vlan_id_bits, 5, 0),
      load_word(packet_type),
      compare(BPF_JEQ, others, 1, 0),
      compare(BPF_JGT, PACKET_BROADCAST, 2, 0),
      accept,
      compare(BPF_JEQ, ETH_P_IP, 1, 0),
      reject,
  };
  if (filter.dhcp) append_dhcp(program);
  if (filter.broadcasts) append_broadcasts(program);
  program.insert(program.end(), {
                                    load_word(packet_type),
                                    compare(BPF_JEQ, others, 2, 0),
                                    compare(BPF_JGT, PACKET_MULTICAST, 0, 1),
                                    reject,
                                });
  if (claimed.empty()) {
    program.push_back(reject);
    return program;
  }
  append_share(program, share);
  program.push_back(load_word(ipv4_destination_offset));
  append_search(program, coarser_cover(claimed, max_filter_ranges).ranges());
  return program;
}

}  // namespace apiary

#include "doctor/link_probe.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "wire/arp.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"
#include "wire/ip.h"

namespace apiary {
namespace {

// Neighbours answer within milliseconds; a sleeping machine, or a switch that wakes, takes longer.
constexpr Duration patience = milliseconds{400};
constexpr int attempts = 2;
// So that no switch takes the probes for a broadcast storm.
constexpr Duration pause_between_bursts = milliseconds{5};
constexpr std::size_t burst = 32;

std::vector<std::uint8_t> frame_to(const MacAddress& destination, const MacAddress& source,
                                   EtherType type, std::size_t payload_bytes) {
  std::vector<std::uint8_t> frame(sizeof(wire::EthernetHeader) + payload_bytes);
  wire::write(wire::EthernetHeader{destination, source, static_cast<std::uint16_t>(type)}, frame);
  return frame;
}

std::vector<std::uint8_t> arp_probe(const MacAddress& source, const IpAddress& target) {
  auto frame = frame_to(broadcast_mac, source, EtherType::arp, arp_size_bytes);
  emit_arp({.operation = ArpOperation::request,
            .sender_mac = source,
            .sender_ip = IpAddress::v4(0),
            .target_mac = {},
            .target_ip = target},
           std::span(frame).subspan(sizeof(wire::EthernetHeader)));
  return frame;
}

IcmpMessage echo_request() {
  static constexpr std::array<std::uint8_t, 16> payload{'a', 'p', 'i', 'a', 'r', 'y', ' ',
                                                        'd', 'o', 'c', 't', 'o', 'r'};
  return {.type = static_cast<std::uint8_t>(IcmpType::echo_request),
          .rest = static_cast<std::uint32_t>(getpid()) << 16 | 1,
          .payload = payload};
}

std::vector<std::uint8_t> echo_frame(const MacAddress& router, const MacAddress& own_mac,
                                     const IpAddress& own, const IpAddress& target) {
  const IcmpMessage echo = echo_request();
  const IpDatagram datagram{.source = own,
                            .destination = target,
                            .protocol = static_cast<std::uint8_t>(IpProtocol::icmp)};
  const std::size_t header_bytes = ip_header_size_bytes(datagram);
  auto frame = frame_to(router, own_mac, EtherType::ipv4, header_bytes + icmp_size_bytes(echo));
  const auto packet = std::span(frame).subspan(sizeof(wire::EthernetHeader));
  emit_ip_header(datagram, icmp_size_bytes(echo), packet);
  emit_icmp(echo, packet.subspan(header_bytes));
  return frame;
}

/// The target of our echo request, if the frame is one that a router sent back.
std::optional<IpAddress> returned_target(Bytes frame, const IpAddress& own) {
  const auto datagram = parse_ip(frame.subspan(sizeof(wire::EthernetHeader)));
  if (!datagram || datagram->source != own || !datagram->is(IpProtocol::icmp)) return {};
  const auto icmp = parse_icmp(datagram->payload);
  if (!icmp || !icmp->is(IcmpType::echo_request) || icmp->rest != echo_request().rest) return {};
  return datagram->destination;
}

}  // namespace

tl::expected<LinkProbe, SystemError> LinkProbe::open(const NetworkInterface& interface) {
  FileDescriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return tl::unexpected(last_privileged_error("opening a packet socket"));
  const int on = 1;
  const packet_mreq promiscuous{.mr_ifindex = interface.index, .mr_type = PACKET_MR_PROMISC};
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = interface.index;
  if (setsockopt(socket.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0 ||
      setsockopt(socket.get(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous,
                 sizeof promiscuous) != 0 ||
      bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return tl::unexpected(last_privileged_error("listening to " + interface.name));
  return LinkProbe(interface, std::move(socket));
}

MacAddress LinkProbe::foreign_mac() const {
  // A new one for each process, as switches remember for minutes where they saw an address.
  const auto changes = static_cast<unsigned>(getpid());
  MacAddress foreign = interface_.mac;
  foreign.bytes[0] = 0x02;
  foreign.bytes[3] ^= 0x5a;
  foreign.bytes[4] ^= static_cast<std::uint8_t>(changes >> 8);
  foreign.bytes[5] ^= static_cast<std::uint8_t>(changes);
  return foreign;
}

/// Calls `handle(header, frame)` for each frame received within `time`, until it returns true.
template <class Handle>
void LinkProbe::hear_for(Duration time, Handle handle) {
  const auto end = std::chrono::steady_clock::now() + time;
  std::array<std::uint8_t, 2048> buffer;
  while (true) {
    const auto left = std::chrono::ceil<milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    pollfd ready{socket_.get(), POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    const ssize_t size = recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (size < static_cast<ssize_t>(sizeof(wire::EthernetHeader))) continue;
    const Bytes frame = Bytes(buffer).first(static_cast<std::size_t>(size));
    if (handle(wire::read<wire::EthernetHeader>(frame), frame)) return;
  }
}

std::map<IpAddress, MacAddress> LinkProbe::who_has(const std::vector<IpAddress>& addresses,
                                                   const MacAddress& source) {
  std::set<IpAddress> silent(addresses.begin(), addresses.end());
  std::map<IpAddress, MacAddress> found;
  const auto hear = [&](const wire::EthernetHeader& header, Bytes frame) {
    if (header.ether_type != static_cast<std::uint16_t>(EtherType::arp)) return false;
    const auto arp = parse_arp(frame.subspan(sizeof header));
    if (arp && arp->operation == ArpOperation::reply && header.destination == source &&
        silent.erase(arp->sender_ip) > 0)
      found[arp->sender_ip] = arp->sender_mac;
    return silent.empty();
  };
  for (int attempt = 0; attempt < attempts && !silent.empty(); ++attempt) {
    std::size_t sent = 0;
    for (const IpAddress& address : std::vector(silent.begin(), silent.end())) {
      const auto probe = arp_probe(source, address);
      (void)send(socket_.get(), probe.data(), probe.size(), 0);
      if (++sent % burst == 0) hear_for(pause_between_bursts, hear);
    }
    hear_for(patience, hear);
  }
  return found;
}

std::vector<IpAddress> LinkProbe::find_forwarded(const MacAddress& router, const IpAddress& own,
                                                 const std::vector<IpAddress>& targets) {
  std::set<IpAddress> missing(targets.begin(), targets.end());
  const auto hear = [&](const wire::EthernetHeader& header, Bytes frame) {
    if (header.ether_type != static_cast<std::uint16_t>(EtherType::ipv4) ||
        header.destination != interface_.mac)
      return false;
    if (const auto target = returned_target(frame, own)) missing.erase(*target);
    return missing.empty();
  };
  for (int attempt = 0; attempt < attempts && !missing.empty(); ++attempt) {
    for (const IpAddress& target : missing) {
      const auto frame = echo_frame(router, interface_.mac, own, target);
      (void)send(socket_.get(), frame.data(), frame.size(), 0);
    }
    hear_for(patience, hear);
  }
  std::vector<IpAddress> came;
  for (const IpAddress& target : targets)
    if (!missing.contains(target)) came.push_back(target);
  return came;
}

}  // namespace apiary

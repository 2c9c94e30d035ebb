#include "prober/raw_prober.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <utility>

#include "device/own_addresses.h"
#include "wire/ethernet.h"
#include "wire/parsed_datagram.h"

namespace apiary {
namespace {

sockaddr_in socket_address(const IpAddress& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(address.v4_value());
  return result;
}

const sockaddr* generic(const auto& address) { return reinterpret_cast<const sockaddr*>(&address); }

/// A socket that has the port, so that the kernel resets no connection of it and sends no port
/// unreachable, and that receives nothing.
FileDescriptor occupy(std::uint8_t protocol, const IpAddress& own, std::uint16_t port) {
  const bool is_tcp = protocol == static_cast<std::uint8_t>(IpProtocol::tcp);
  FileDescriptor socket(::socket(AF_INET, (is_tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0));
  if (!socket) return {};
  sock_filter drop_all{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0};
  const sock_fprog program{.len = 1, .filter = &drop_all};
  const int on = 1;
  const sockaddr_in address = socket_address(own, port);
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0 ||
      bind(socket.get(), generic(address), sizeof address) != 0 ||
      (is_tcp && listen(socket.get(), 1) != 0))
    return {};
  return socket;
}

/// When the kernel received the frame of `message`; else `otherwise`.
Instant time_of(msghdr& message, Instant otherwise) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SO_TIMESTAMPNS) continue;
    timespec time{};
    std::memcpy(&time, CMSG_DATA(part), sizeof time);
    return Instant{seconds{time.tv_sec} + nanoseconds{time.tv_nsec}};
  }
  return otherwise;
}

}  // namespace

tl::expected<RawProber, SystemError> RawProber::open(const NetworkInterface& interface,
                                                     double packets_per_second) {
  RawProber prober(interface, packets_per_second);
  auto addresses = own_addresses();
  if (!addresses) return tl::unexpected(addresses.error());
  for (const OwnAddress& own : *addresses)
    if (own.interface == interface.name) {
      if (prober.networks_.empty()) prober.source_ = own.address;
      prober.networks_.push_back(own.network());
    }
  if (prober.networks_.empty())
    return tl::unexpected(SystemError{
        interface.name + " has no IPv4 address: give it one of the network to audit", 0});

  const int on = 1;
  prober.sender_ = FileDescriptor(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
  if (!prober.sender_ ||
      setsockopt(prober.sender_.get(), SOL_SOCKET, SO_BINDTODEVICE, interface.name.c_str(),
                 static_cast<socklen_t>(interface.name.size())) != 0)
    return tl::unexpected(last_privileged_error("opening a raw socket for --live"));
  prober.receiver_ = FileDescriptor(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = interface.index;
  if (!prober.receiver_ ||
      setsockopt(prober.receiver_.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) != 0 ||
      setsockopt(prober.receiver_.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0 ||
      bind(prober.receiver_.get(), generic(address), sizeof address) != 0)
    return tl::unexpected(last_privileged_error("listening to " + interface.name));
  return prober;
}

Instant RawProber::now() {
  return Instant{
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
}

void RawProber::await_turn() {
  if (std::exchange(has_turn_, true)) return;
  if (const Instant time = now(); next_turn_ > time) wait(next_turn_ - time);
  next_turn_ = std::max(next_turn_, now() - milliseconds{5}) + interval_;
}

void RawProber::send(Bytes datagram) {
  await_turn();
  has_turn_ = false;
  const auto parsed = parse_ip(datagram);
  if (!parsed) return;
  own_port(datagram);
  const sockaddr_in target = socket_address(parsed->destination, 0);
  // A packet that the kernel cannot send is one that gets no answer.
  (void)sendto(sender_.get(), datagram.data(), datagram.size(), 0, generic(target), sizeof target);
}

void RawProber::own_port(Bytes datagram) {
  const auto parsed = parse_ip(datagram);
  if (parsed->is_fragment() || parsed->payload.size() < 2 || parsed->is(IpProtocol::icmp)) return;
  const auto port = static_cast<std::uint16_t>(parsed->payload[0] << 8 | parsed->payload[1]);
  auto [owned, is_new] = ports_.try_emplace({parsed->protocol, port});
  if (is_new) owned->second = occupy(parsed->protocol, source_, port);
}

void RawProber::ask_mac(const IpAddress& target) {
  if (!interface_.is_ethernet ||
      std::ranges::none_of(networks_, [&](const IpPrefix& one) { return one.contains(target); }))
    return;
  await_turn();
  has_turn_ = false;
  std::vector<std::uint8_t> frame(sizeof(wire::EthernetHeader) + arp_size_bytes);
  wire::write(wire::EthernetHeader{broadcast_mac, interface_.mac,
                                   static_cast<std::uint16_t>(EtherType::arp)},
              frame);
  emit_arp({.operation = ArpOperation::request,
            .sender_mac = interface_.mac,
            .sender_ip = source_,
            .target_mac = {},
            .target_ip = target},
           std::span(frame).subspan(sizeof(wire::EthernetHeader)));
  (void)::send(receiver_.get(), frame.data(), frame.size(), 0);
}

void RawProber::wait(Duration time) {
  const Instant end = now() + time;
  while (true) {
    read();
    const Duration left = end - now();
    if (left <= Duration{}) return;
    timespec most{};
    most.tv_sec = std::chrono::floor<seconds>(left).count();
    most.tv_nsec = (left % seconds{1}).count();
    pollfd ready{receiver_.get(), POLLIN, 0};
    ppoll(&ready, 1, &most, nullptr);
  }
}

void RawProber::read() {
  std::array<std::uint8_t, 65'536> buffer;
  std::array<char, 128> control;
  while (true) {
    iovec part{buffer.data(), buffer.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = recvmsg(receiver_.get(), &message, 0);
    if (size <= 0) return;
    auto heard = hear(time_of(message, now()), Bytes(buffer).first(static_cast<std::size_t>(size)),
                      interface_.is_ethernet ? LinkLayer::ethernet : LinkLayer::raw_ip);
    if (heard && (heard->destination == source_ || heard->arp() != nullptr ||
                  (heard->udp() != nullptr && heard->udp()->destination == Port{67})))
      heard_.push_back(std::move(*heard));
  }
}

std::vector<Heard> RawProber::take() {
  read();
  return std::exchange(heard_, {});
}

}  // namespace apiary

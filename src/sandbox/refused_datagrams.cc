#include "sandbox/refused_datagrams.h"

#include <linux/icmp.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

namespace apiary {
namespace {

constexpr std::size_t max_visitors = 4'096;  // that are remembered

/// The IP header at the beginning of `packet`, which is then without it.
std::optional<ip> take_ip_header(std::span<const std::byte>& packet) {
  ip header{};
  if (packet.size() < sizeof header) return {};
  std::memcpy(&header, packet.data(), sizeof header);
  const std::size_t size = header.ip_hl * std::size_t{4};
  if (size < sizeof header || packet.size() < size) return {};
  packet = packet.subspan(size);
  return header;
}

}  // namespace

std::optional<Endpoint> undeliverable_destination(std::span<const std::byte> packet) {
  icmphdr error{};
  if (!take_ip_header(packet) || packet.size() < sizeof error) return {};
  std::memcpy(&error, packet.data(), sizeof error);
  packet = packet.subspan(sizeof error);
  if (error.type != ICMP_DEST_UNREACH) return {};
  const auto quoted = take_ip_header(packet);
  udphdr datagram{};
  if (!quoted || quoted->ip_p != IPPROTO_UDP || packet.size() < sizeof datagram) return {};
  std::memcpy(&datagram, packet.data(), sizeof datagram);
  return Endpoint{IpAddress::v4(ntohl(quoted->ip_dst.s_addr)), Port{ntohs(datagram.uh_dport)}};
}

void RefusedDatagrams::open() {
  socket_ = FileDescriptor(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMP));
  const icmp_filter errors{.data = ~(1U << ICMP_DEST_UNREACH)};
  if (socket_) setsockopt(socket_.get(), SOL_RAW, ICMP_FILTER, &errors, sizeof errors);
}

void RefusedDatagrams::add_visitor(const Endpoint& visitor) {
  if (!visitors_.insert(visitor).second) return;
  order_.push_back(visitor);
  if (order_.size() <= max_visitors) return;
  visitors_.erase(order_.front());
  order_.pop_front();
}

std::optional<Endpoint> RefusedDatagrams::read() {
  std::array<std::byte, 256> packet;
  const ssize_t size = recv(socket_.get(), packet.data(), packet.size(), MSG_DONTWAIT);
  if (size <= 0) return {};
  const auto target =
      undeliverable_destination(std::span(packet).first(static_cast<std::size_t>(size)));
  if (!target || visitors_.contains(*target)) return {};
  return target;
}

}  // namespace apiary

#include "device/gre_tunnel.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "device/link_monitor.h"
#include "posix/socket_option.h"
#include "wire/gre.h"
#include "wire/ip.h"

namespace apiary {
namespace {

constexpr int tunnel_buffer_bytes = 4 << 20;

sockaddr_in socket_address(const IpAddress& address) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_addr.s_addr = htonl(address.v4_value());
  return result;
}

}  // namespace

GreTunnel::GreTunnel(const TunnelEnds& ends, std::size_t mtu_bytes, FileDescriptor socket)
    : ends_(ends),
      name_(to_string(ends)),
      mtu_bytes_(mtu_bytes),
      socket_(std::move(socket)),
      buffer_(65'536) {
  batch_.reserve(max_batch_packets);
}

tl::expected<std::unique_ptr<Device>, SystemError> GreTunnel::open(const TunnelEnds& ends) {
  const auto fail = [&](std::string_view what) {
    return tl::unexpected(last_privileged_error(fmt::format("{}: {}", to_string(ends), what)));
  };
  FileDescriptor socket(::socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, gre_protocol));
  if (!socket) return fail("opening a socket for GRE");
  // As routers do, the packets around are not marked against fragmentation: what is inside may be.
  if (!set_option(socket, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT))
    return fail("setting up the socket for GRE");
  (void)set_option(socket, SOL_SOCKET, SO_RCVBUFFORCE, tunnel_buffer_bytes);  // helps; not needed
  (void)set_option(socket, SOL_SOCKET, SO_SNDBUFFORCE, tunnel_buffer_bytes);

  const sockaddr_in local = socket_address(ends.local);
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) {
    if (errno == EADDRNOTAVAIL)
      return tl::unexpected(SystemError{
          fmt::format("a tunnel must begin at an address of this machine, and {0} is none: add it "
                      "to an interface (ip address add {0}/32 dev lo), or name another",
                      to_string(ends.local))});
    return fail("binding the socket for GRE");
  }
  const auto mtu_bytes = find_way(socket, ends);
  if (!mtu_bytes) return tl::unexpected(mtu_bytes.error());
  return std::unique_ptr<Device>(new GreTunnel(ends, *mtu_bytes, std::move(socket)));
}

/// Has the kernel look up the way to the far end; gives the MTU of the tunnel, in bytes.
tl::expected<std::size_t, SystemError> GreTunnel::find_way(const FileDescriptor& socket,
                                                           const TunnelEnds& ends) {
  const auto fail = [&](std::string_view what) {
    return tl::unexpected(last_privileged_error(fmt::format("{}: {}", to_string(ends), what)));
  };
  const sockaddr_in remote = socket_address(ends.remote);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&remote), sizeof remote) != 0)
    return fail("finding a route to the far end");
  int mtu = 0;
  socklen_t size = sizeof mtu;
  if (getsockopt(socket.get(), IPPROTO_IP, IP_MTU, &mtu, &size) != 0)
    return fail("reading the MTU of the path to the far end");
  const std::size_t around =
      min_ip_header_bytes(ends.remote.version()) +
      gre_header_size_bytes({.has_checksum = ends.has_checksums, .key = ends.key});
  return static_cast<std::size_t>(mtu) - around;
}

tl::expected<Followed, SystemError> GreTunnel::follow(const MachineNetwork& now) {
  if (std::ranges::find(now.addresses, ends_.local, &OwnAddress::address) == now.addresses.end())
    return Followed{InterfaceState::gone};
  const auto mtu_bytes = find_way(socket_, ends_);
  if (!mtu_bytes) return Followed{InterfaceState::down};
  mtu_bytes_ = *mtu_bytes;
  return Followed{InterfaceState::up};
}

tl::expected<std::span<const ReceivedFrame>, SystemError> GreTunnel::receive() {
  batch_.clear();
  packets_.clear();
  for (std::size_t i = 0; i < max_batch_packets; ++i) {
    const ssize_t size = recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
    if (size >= 0) {
      accept(Bytes(buffer_).first(static_cast<std::size_t>(size)));
      continue;
    }
    // What ICMP says of the far end is no reason to stop listening to it.
    if (errno == EINTR || errno == ECONNREFUSED || errno == EHOSTUNREACH || errno == ENETUNREACH ||
        errno == EPROTO || errno == ENOPROTOOPT)
      continue;
    if (errno == EAGAIN || !batch_.empty()) break;  // first what has come; trouble stays
    return tl::unexpected(last_privileged_error(fmt::format("receiving from {}", name_)));
  }
  return batch_;
}

void GreTunnel::accept(Bytes outer) {
  const auto datagram = parse_ip(outer);
  if (!datagram || datagram->source != ends_.remote) return;
  const auto gre = parse_gre(datagram->payload);
  if (!gre || EtherType{gre->protocol} != EtherType::ipv4 || gre->key != ends_.key) return;
  batch_.push_back({packets_.copy(gre->payload)});
}

std::size_t GreTunnel::transmit(std::span<const Packet> packets) {
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const GrePacket gre{
        .has_checksum = ends_.has_checksums, .key = ends_.key, .payload = packets[i].bytes()};
    const auto bytes = std::span(buffer_).first(gre_header_size_bytes(gre) + gre.payload.size());
    emit_gre(gre, bytes);
    // A second try, as an ICMP error about an earlier packet is reported here, once.
    if (send(socket_.get(), bytes.data(), bytes.size(), 0) >= 0) continue;
    if (errno != EAGAIN && errno != ENOBUFS &&
        send(socket_.get(), bytes.data(), bytes.size(), 0) >= 0)
      continue;
    if (errno == EAGAIN || errno == ENOBUFS) return i;  // no room now, for the rest as well
    ++counters_.skipped;                                // the far end cannot be reached now
  }
  return packets.size();
}

}  // namespace apiary

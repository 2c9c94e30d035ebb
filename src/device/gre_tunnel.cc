#include "device/gre_tunnel.h"

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
      queue_(add_queue(std::make_unique<GreQueue>(ends, std::move(socket)))) {}

tl::expected<std::unique_ptr<Device>, SystemError> GreTunnel::open(const TunnelEnds& ends) {
  const auto fail = [&](std::string_view what) {
    return tl::unexpected(last_privileged_error(fmt::format("{}: {}", to_string(ends), what)));
  };
  FileDescriptor socket(::socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, gre_protocol));
  if (!socket) return fail("opening a socket for GRE");
  // Like routers, we do not set DF in the outer header; the inner packet may have it.
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
  const auto mtu_bytes = find_route(socket, ends);
  if (!mtu_bytes) return tl::unexpected(mtu_bytes.error());
  return std::unique_ptr<Device>(new GreTunnel(ends, *mtu_bytes, std::move(socket)));
}

/// Makes the kernel look up the route to the remote end. Returns the MTU of the tunnel in bytes.
tl::expected<std::size_t, SystemError> GreTunnel::find_route(const FileDescriptor& socket,
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
  const auto mtu_bytes = find_route(queue_.socket(), ends_);
  if (!mtu_bytes) return Followed{InterfaceState::down};
  mtu_bytes_ = *mtu_bytes;
  return Followed{InterfaceState::up};
}

}  // namespace apiary

#include "sandbox/server_sandbox.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace apiary {
namespace {

// How often ports are looked at: of a server that starts, and of one that has been up for a while.
constexpr std::chrono::milliseconds first_interval{50}, later_interval{1000};
constexpr std::chrono::seconds start_time{5};

}  // namespace

tl::expected<ServerSandbox, SystemError> ServerSandbox::make(const ServerFiles& files) {
  if (auto mounted = mount_server_files(files); !mounted) return tl::unexpected(mounted.error());
  auto network = ServerNetwork::make();
  if (!network) return tl::unexpected(network.error());
  ListeningSockets sockets;
  RefusedDatagrams refused;
  {
    const Inside inside(*network);
    if (!inside || !sockets.open())
      return tl::unexpected(last_system_error("the subsystem's sockets"));
    refused.open();
  }
  return ServerSandbox(std::move(*network), std::move(sockets), std::move(refused));
}

tl::expected<FileDescriptor, SystemError> ServerSandbox::open_visitor_socket(
    const VisitorSocketRequest& request) {
  auto made = network_.open_visitor_socket(request);
  if (!made || request.protocol != IpProtocol::udp) return made;
  // Its port may be another than the visitor's.
  sockaddr_in bound{};
  socklen_t length = sizeof bound;
  getsockname(made->get(), reinterpret_cast<sockaddr*>(&bound), &length);
  refused_.add_visitor({request.visitor.address, Port{ntohs(bound.sin_port)}});
  return made;
}

std::optional<Endpoint> ServerSandbox::refused_target() {
  const auto target = refused_.read();
  if (target && network_.is_inside(target->address)) return {};
  return target;
}

std::vector<PortChange> ServerSandbox::port_changes(Clock::time_point now) {
  if (now < next_look_) return {};
  next_look_ = now + (now - begun_ < start_time ? first_interval : later_interval);
  return sockets_.changes(now);
}

}  // namespace apiary

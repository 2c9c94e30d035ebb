#include "sandbox/server_sandbox.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace apiary {
namespace {

// How often the ports of a server are read: while it starts, and later.
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
  EgressGate egress;
  if (!egress.open([&] { return network->go_inside(); }, [&] { return network->go_outside(); }))
    return tl::unexpected(last_system_error("the subsystem's packet sockets"));
  return ServerSandbox(std::move(*network), std::move(sockets), std::move(refused),
                       std::move(egress));
}

tl::expected<FileDescriptor, SystemError> ServerSandbox::open_visitor_socket(
    const VisitorSocketRequest& request) {
  if (request.request_number != 0) {
    // What the packet says counts, not what the daemon does.
    const auto flow = egress_.waiting_flow(request.request_number);
    if (!flow) return tl::unexpected(SystemError{"the server does not wait any more", ENOENT});
    auto opened = network_.open_visitor_socket({.protocol = flow->protocol,
                                                .visitor = flow->remote,
                                                .host = flow->local,
                                                .request_number = request.request_number});
    if (opened)
      egress_.grant(request.request_number);
    else
      egress_.answer(request.request_number, OutboundAnswer::unreachable);
    return opened;
  }
  auto made = network_.open_visitor_socket(request);
  if (!made || request.protocol != IpProtocol::udp) return made;
  // Its port may be another than the visitor's.
  sockaddr_in bound{};
  socklen_t length = sizeof bound;
  getsockname(made->get(), reinterpret_cast<sockaddr*>(&bound), &length);
  const Endpoint visitor{request.visitor.address, Port{ntohs(bound.sin_port)}};
  refused_.add_visitor(visitor);
  egress_.add_visitor(visitor, request.host.port);
  return made;
}

tl::expected<void, SystemError> ServerSandbox::allow(const EgressList& list) {
  if (list.empty() && !egress_.is_guarding()) return {};
  const auto link = network_.route_to_guard(list);
  if (!link) return tl::unexpected(link.error());
  return egress_.guard(*link, list);
}

std::optional<Endpoint> ServerSandbox::refused_target() {
  const auto target = refused_.read();
  if (target && network_.is_inside(target->address)) return {};
  return target;
}

std::vector<PortChange> ServerSandbox::port_changes(Clock::time_point now) {
  if (now < next_check_) return {};
  next_check_ = now + (now - begun_ < start_time ? first_interval : later_interval);
  return sockets_.changes(now);
}

}  // namespace apiary

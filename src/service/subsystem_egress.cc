// The connections that servers of subsystems begin.
#include <fmt/format.h>

#include <algorithm>

#include "posix/clock.h"
#include "service/subsystem_backend.h"
#include "service/tcp_proxy.h"
#include "service/udp_proxy.h"

namespace apiary {
namespace {

OutboundAnswer answer_to(ConnectFailure failure) {
  switch (failure) {
    case ConnectFailure::refused:
      return OutboundAnswer::refuse;
    case ConnectFailure::timed_out:
      return OutboundAnswer::silence;
    case ConnectFailure::unreachable:
    case ConnectFailure::in_use:
      break;
  }
  return OutboundAnswer::unreachable;
}

}  // namespace

const SubsystemBackend::Group* SubsystemBackend::active_group_of(
    const ServerProcess& server) const {
  for (const Group& group : groups_) {
    bool has_it = false;
    visit_servers(group, [&](const ServerProcess& one) { has_it |= &one == &server; });
    if (has_it) return group.is_removed ? nullptr : &group;
  }
  return nullptr;
}

void SubsystemBackend::on_outbound_request(ServerProcess& server, const OutboundRequest& outbound) {
  const FlowKey& flow = outbound.flow;
  const Group* const group = active_group_of(server);
  const bool is_allowed =
      group != nullptr && allows(server.subsystem().egress, flow.protocol, flow.remote);
  if (!is_allowed) {
    ++outbound_.refused;
    return server.reject(outbound, OutboundAnswer::refuse, "not allowed any more");
  }
  const Instant now = steady_now();
  const auto added = egress_.add(now, server, outbound, group->subsystem, outbound_count());
  if (!added) {
    ++outbound_.refused;
    return server.reject(outbound, OutboundAnswer::refuse, added.error());
  }
  sweep();  // ends the loop's wait
}

void SubsystemBackend::on_failed(const ConnectionFailed& failed) {
  ++outbound_.failed;
  const auto request = egress_.take(failed.request);
  if (request && request->server != nullptr)
    request->server->reject(request->outbound, answer_to(failed.why), describe(failed.why));
}

tl::expected<std::unique_ptr<Session>, Refusal> SubsystemBackend::open_outbound(
    const OpenSession& open, NoteLimiter notes) {
  auto request = egress_.take(open.request);
  if (!request || request->server == nullptr)
    return tl::unexpected(Refusal{"not connected: the server has ended"});
  if (active_group_of(*request->server) == nullptr) {  // a reload, meanwhile
    request->server->reject(request->outbound, OutboundAnswer::refuse, "not allowed any more");
    return tl::unexpected(Refusal{"not connected: not allowed any more"});
  }
  ++outbound_.opened;
  std::unique_ptr<ProxySession> session;
  if (open.flow.protocol == IpProtocol::udp)
    session =
        std::make_unique<UdpProxy>(context_, open, std::move(notes), std::move(request->slot));
  else
    session =
        std::make_unique<TcpProxy>(context_, open, std::move(notes), std::move(request->slot));
  session->start(request->server->make_connector(request->outbound));
  return session;
}

std::size_t SubsystemBackend::outbound_count() const {
  std::size_t count = 0;
  for (const Group& group : groups_)
    visit_servers(group, [&](const ServerProcess& server) { count += server.outbound(); });
  return count;
}

}  // namespace apiary

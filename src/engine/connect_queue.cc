#include "engine/connect_queue.h"

#include <algorithm>

#include "host/reverse_paths.h"

namespace apiary {
namespace {

constexpr IpPrefix no_machine{IpAddress::v4(0), 8};  // RFC 1122 section 3.2.1.3
// How soon a host whose own address is still being probed asks again.
constexpr Duration probe_wait = milliseconds{100};

void fail(const ConnectRequest& request, Outbox& out) {
  out.services.push_back(ConnectionFailed{request.number, ConnectFailure::unreachable});
}

}  // namespace

ConnectQueue::ConnectQueue(const Dependencies& dependencies)
    : deps_(dependencies),
      neighbours_(dependencies.settings.limits, dependencies.settings.table_key()) {}

void ConnectQueue::connect(Instant now, const ConnectRequest& request, Outbox& out) {
  const IpAddress& destination = request.flow.remote.address;
  if (!may_connect(now, request.flow)) return fail(request, out);
  const bool is_host =
      deps_.settings.claimed.contains(destination) && !deps_.lan.is_taken(now, destination);
  if (is_host || deps_.hosts.is_leased(destination))
    return send(now, request, {deps_.outlet.internal(), {}, {}}, out);
  const auto next_hop = next_hop_to(destination);
  if (!next_hop) return fail(request, out);
  if (!next_hop->neighbour) return send(now, request, {next_hop->interface, {}, {}}, out);
  Waiting waiting{request, *next_hop->neighbour};
  if (!keep_waiting(now, waiting, out)) return;
  if (waiting_.size() >= max_waiting) return fail(request, out);
  waiting_.push_back(std::move(waiting));
}

/// Whether there is a host that can send, and a machine can have the destination.
bool ConnectQueue::may_connect(Instant now, const FlowKey& flow) {
  const IpAddress &local = flow.local.address, &remote = flow.remote.address;
  if (!remote.is_v4() || remote.is_multicast() || remote.is_broadcast() || remote.is_loopback() ||
      no_machine.contains(remote) || remote == local)
    return false;
  const bool is_ours = deps_.settings.claimed.contains(local) && !deps_.lan.is_taken(now, local);
  if (!is_ours && !deps_.hosts.is_leased(local)) return false;
  const Path* const path = deps_.hosts.path_to(local);
  return path != nullptr && path->reaches() &&
         deps_.hosts.find(local, remote, static_cast<std::uint8_t>(flow.protocol), now) != nullptr;
}

/// The next hop by an interface whose link has the destination; else by that of this machine's
/// route to it, else by any with a default router or without addresses.
std::optional<ConnectQueue::NextHop> ConnectQueue::next_hop_to(const IpAddress& destination) const {
  const auto& interfaces = deps_.settings.interfaces;
  const ReversePaths* const paths = deps_.settings.reverse_paths.get();
  const InterfaceBits* const routed = paths == nullptr ? nullptr : paths->routes.find(destination);
  std::optional<NextHop> best;
  int best_rank = 0;
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    const InterfaceId id{static_cast<std::uint8_t>(i)};
    const InterfaceSettings& on = interfaces[i];
    if (deps_.forwarder.is_tunnel(id)) continue;
    const LinkNetwork* const network = on.network_of(destination);
    if (network != nullptr && (network->is_for_all(destination) || network->own == destination))
      return {};
    const int rank = network != nullptr                     ? 4
                     : routed != nullptr && routed->test(i) ? 3
                     : on.gateway || on.networks.empty()    ? 2
                     : on.link_layer == LinkLayer::raw_ip   ? 1
                                                            : 0;
    if (rank <= best_rank) continue;
    best_rank = rank;
    best = on_link_with(id, destination);
  }
  return best;
}

std::optional<ConnectQueue::NextHop> ConnectQueue::on_link_with(
    InterfaceId interface, const IpAddress& destination) const {
  const InterfaceSettings& on = deps_.settings.interfaces[interface.index];
  if (on.link_layer == LinkLayer::raw_ip) return NextHop{interface};
  const bool is_near = on.network_of(destination) != nullptr || !on.gateway;
  return NextHop{interface, Neighbour{interface, is_near ? destination : *on.gateway}};
}

bool ConnectQueue::keep_waiting(Instant now, Waiting& waiting, Outbox& out) {
  const InterfaceId interface = waiting.next_hop.interface;
  const auto station = deps_.lan.stations().find(interface, waiting.request.flow.local.address);
  if (!station) return fail(waiting.request, out), false;
  if (const auto mac = neighbours_.find(now, waiting.next_hop)) {
    send(now, waiting.request, {interface, *mac, station->mac}, out);
    return false;
  }
  if (now < waiting.next) return true;
  if (++waiting.requests > max_requests) return fail(waiting.request, out), false;
  const bool is_anonymous = deps_.settings.arp == ArpMode::off;
  const InterfaceSettings& on = deps_.settings.interfaces[interface.index];
  const bool is_on_network = on.networks.empty() || on.network_of(station->address) != nullptr;
  if (is_on_network && !is_anonymous && !deps_.lan.may_speak(now, interface, *station)) {
    // A real machine may have the host's address: that takes half a second to find out.
    --waiting.requests;
    waiting.next = now + probe_wait;
    return !deps_.lan.is_taken(now, station->address) || (fail(waiting.request, out), false);
  }
  neighbours_.ask(now, waiting.next_hop, *station, is_anonymous, deps_.outlet);
  waiting.next = now + NeighbourCache::ask_interval;
  return true;
}

void ConnectQueue::send(Instant now, const ConnectRequest& request, const Egress& exit,
                        Outbox& out) {
  const FlowKey& flow = request.flow;
  // Both may have changed while it waited.
  const HostTemplatePtr* const host_template = deps_.hosts.find(
      flow.local.address, flow.remote.address, static_cast<std::uint8_t>(flow.protocol), now);
  if (host_template == nullptr || !may_connect(now, flow)) return fail(request, out);
  deps_.hosts.note_frame(now);
  HostContext host = deps_.hosts.conversation_context(now, flow, *host_template,
                                                      {.exit = exit, .departed = now}, out);
  deps_.transport.connect(host, request);
}

void ConnectQueue::on_arp(Instant now, InterfaceId interface, const ArpMessage& message,
                          Outbox& out) {
  neighbours_.on_arp(now, interface, message);
  const Neighbour sender{interface, message.sender_ip};
  std::erase_if(waiting_, [&](Waiting& one) {
    return one.next_hop == sender && !keep_waiting(now, one, out);
  });
}

void ConnectQueue::on_time(Instant now, Outbox& out) {
  if (next_due() > now) return;
  std::erase_if(waiting_, [&](Waiting& one) { return !keep_waiting(now, one, out); });
}

Instant ConnectQueue::next_due() const {
  Instant due = Instant::max();
  for (const Waiting& one : waiting_) due = std::min(due, one.next);
  return due;
}

}  // namespace apiary

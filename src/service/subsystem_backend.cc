#include "service/subsystem_backend.h"

#include <fmt/format.h>

#include <algorithm>

#include "service/share_refusal.h"
#include "service/tcp_proxy.h"
#include "service/udp_proxy.h"

namespace apiary {

SubsystemBackend::SubsystemBackend(const SessionContext& context, SpawnerLink& spawner,
                                   const SubsystemLimits& limits, const SubsystemLog& log)
    : context_(context),
      spawner_(spawner),
      limits_(limits),
      log_(log),
      shares_(limits.per_source),
      egress_(limits.egress),
      sweep_(make_event<&SubsystemBackend::remove_ended>(context.events, -1, EV_TIMEOUT, this)) {}

void SubsystemBackend::run(const std::vector<SubsystemUse>& subsystems) {
  for (Group& group : groups_) group.is_removed = true;
  std::vector<SubsystemUse> others;
  for (const SubsystemUse& use : subsystems)
    if (Group* const known = find(*use.subsystem))
      known->is_removed = false;
    else
      others.push_back(use);
  for (const SubsystemUse& use : others) {
    if (change(use)) continue;
    Group& group = groups_.emplace_back(Group{use.subsystem, {}, nullptr});
    const bool is_shared = std::get<Subsystem>(*use.subsystem).is_shared;
    if (!is_shared) group.first_host = use.host;
    // A server with many hosts cannot bind to the first alone.
    if (make_room())
      group.first = make(group, group.first_host);
    else
      log_.log.on_note({{}, {}, std::get<Subsystem>(*use.subsystem).command, no_room()});
  }
  // What one configuration allowed, the next one may not.
  for (const Group& group : groups_)
    if (group.is_removed)
      visit_servers(group, [](ServerProcess& server) {
        server.end_outbound("ended: the configuration has changed");
      });
  ports_changed_ = true;
  remove_ended();
}

/// Lets servers go on as this subsystem, if theirs is not in the configuration any more.
bool SubsystemBackend::change(const SubsystemUse& use) {
  const auto found = std::ranges::find_if(groups_, [&](const Group& group) {
    return group.is_removed &&
           may_become(std::get<Subsystem>(*group.subsystem), std::get<Subsystem>(*use.subsystem));
  });
  if (found == groups_.end()) return false;
  found->is_removed = false;
  found->subsystem = use.subsystem;
  visit_servers(*found, [&](ServerProcess& server) { server.change(use.subsystem); });
  return true;
}

tl::expected<std::unique_ptr<Session>, Refusal> SubsystemBackend::open(const OpenSession& open,
                                                                       NoteLimiter notes) {
  const bool is_udp = open.flow.protocol == IpProtocol::udp;
  if (open.request != 0) return open_outbound(open, std::move(notes));
  if (session_count() >= limits_.sessions ||
      (is_udp && datagram_session_count() >= limits_.datagram_sessions))
    return tl::unexpected(Refusal{fmt::format(
        "not connected: {} connections to subsystems are open already", session_count())});
  Group* const group = find(*open.service);
  if (group == nullptr)
    return tl::unexpected(Refusal{"not connected: it is not in the configuration any more"});
  auto slot = shares_.take(open.flow.remote.address);
  if (!slot)
    return tl::unexpected(
        share_refusal(limits_.per_source, slot.error(), open.flow.remote.address));
  const auto server = server_for(*group, open.flow.local.address);
  if (!server) return tl::unexpected(server.error());
  std::unique_ptr<ProxySession> session;
  if (is_udp)
    session = std::make_unique<UdpProxy>(context_, open, std::move(notes), *std::move(slot));
  else
    session = std::make_unique<TcpProxy>(context_, open, std::move(notes), *std::move(slot));
  session->start((*server)->make_connector(open.flow));
  return session;
}

void SubsystemBackend::on_stop() {
  for (const Group& group : groups_)
    visit_servers(group, [](ServerProcess& server) { server.on_stop(); });
}

std::shared_ptr<const ListeningPorts> SubsystemBackend::take_ports() {
  if (!std::exchange(ports_changed_, false)) return nullptr;
  std::vector<ListeningPorts::Entry> entries;
  for (const Group& group : groups_) {
    if (group.first == nullptr || group.first->ports().empty()) continue;
    ListeningPorts::Entry& entry = entries.emplace_back(ListeningPorts::Entry{group.subsystem});
    for (const ServerPort& port : group.first->ports()) entry.of(port.protocol).insert(port.port);
  }
  return std::make_shared<const ListeningPorts>(std::move(entries));
}

std::vector<SubsystemStatus> SubsystemBackend::status() const {
  std::vector<SubsystemStatus> all;
  for (const Group& group : groups_) {
    const auto& subsystem = std::get<Subsystem>(*group.subsystem);
    SubsystemStatus& one =
        all.emplace_back(SubsystemStatus{.owner = subsystem.owner, .command = subsystem.command});
    const auto count = [&one](const ServerProcess& server) {
      if (server.is_running()) ++one.servers;
      one.connections += server.users() - server.outbound();
      one.outbound += server.outbound();
    };
    if (group.first != nullptr) {
      count(*group.first);
      for (const ServerPort& port : group.first->ports())
        (port.protocol == IpProtocol::udp ? one.udp : one.tcp).insert(port.port);
    }
    for (const auto& [host, server] : group.others) count(*server);
  }
  return all;
}

SubsystemBackend::Group* SubsystemBackend::find(const ServiceSpec& subsystem) {
  const auto found = std::ranges::find_if(groups_, [&](const Group& group) {
    return group.subsystem.get() == &subsystem || *group.subsystem == subsystem;
  });
  return found == groups_.end() ? nullptr : &*found;
}

tl::expected<ServerProcess*, Refusal> SubsystemBackend::server_for(Group& group,
                                                                   const IpAddress& host) {
  const bool is_shared = std::get<Subsystem>(*group.subsystem).is_shared;
  if (!is_shared && !group.first_host) group.first_host = host;
  const bool is_first = is_shared || group.first_host == host;
  const auto other = group.others.find(host);
  if (is_first && group.first != nullptr) return group.first.get();
  if (!is_first && other != group.others.end() && !other->second->has_ended()) {
    group.last_used[host] = ++uses_;
    return other->second.get();
  }
  if (!make_room()) return tl::unexpected(Refusal{no_room()});
  auto server = make(group, is_shared ? std::nullopt : std::optional(host));
  ServerProcess* const made = server.get();
  if (is_first) {
    group.first = std::move(server);
  } else {
    group.others[host] = std::move(server);
    group.last_used[host] = ++uses_;
  }
  return made;
}

std::unique_ptr<ServerProcess> SubsystemBackend::make(const Group& group,
                                                      std::optional<IpAddress> host) {
  ServerListener& listener = *this;
  return std::make_unique<ServerProcess>(
      context_, spawner_, log_, ServerProcess::Settings{group.subsystem, host, limits_}, listener);
}

std::string SubsystemBackend::no_room() const {
  return fmt::format("not started: {} servers of subsystems run already, and all are in use",
                     limits_.servers);
}

/// Ends the idle server that was used least recently, if there is no room for another.
bool SubsystemBackend::make_room() {
  remove_ended();
  if (server_count() < limits_.servers) return true;
  Group* owner = nullptr;
  const IpAddress* oldest = nullptr;
  for (Group& group : groups_)
    for (const auto& [host, server] : group.others)
      if (server->users() == 0 &&
          (oldest == nullptr || group.last_used[host] < owner->last_used[*oldest])) {
        owner = &group;
        oldest = &host;
      }
  if (oldest == nullptr) return false;
  const IpAddress host = *oldest;
  owner->others.erase(host);
  owner->last_used.erase(host);
  return true;
}

/// Removes servers that have ended, and those of the old configuration that nobody uses.
void SubsystemBackend::remove_ended(short) {
  for (Group& group : groups_)
    std::erase_if(group.others, [&](const auto& one) {
      const ServerProcess& server = *one.second;
      if (server.users() > 0 || (!server.has_ended() && !group.is_removed)) return false;
      group.last_used.erase(one.first);
      return true;
    });
  std::erase_if(groups_, [](const Group& group) {
    return group.is_removed && group.others.empty() &&
           (group.first == nullptr || group.first->users() == 0);
  });
}

std::size_t SubsystemBackend::server_count() const {
  std::size_t count = 0;
  for (const Group& group : groups_) {
    if (group.first != nullptr && !group.first->has_ended()) ++count;
    for (const auto& [host, server] : group.others)
      if (!server->has_ended()) ++count;
  }
  return count;
}

void SubsystemBackend::on_ports() {
  ports_changed_ = true;
  sweep();  // ends the loop's wait as well
}

void SubsystemBackend::sweep() { event_active(sweep_.get(), EV_TIMEOUT, 0); }

}  // namespace apiary

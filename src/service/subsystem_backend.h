#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/source_shares.h"
#include "service/egress_requests.h"
#include "service/server_process.h"
#include "service/service_backend.h"
#include "service/service_limits.h"
#include "session/subsystems.h"

namespace apiary {

/// Runs subsystems: servers that listen in networks of their own. One of each runs from the start
/// and shows the ports; where each host has its own, others start at the first connection.
class SubsystemBackend final : public ServiceBackend, ServerListener {
 public:
  /// `spawner` must outlive the backend.
  SubsystemBackend(const SessionContext& context, SpawnerLink& spawner,
                   const SubsystemLimits& limits, const SubsystemLog& log);

  bool serves(const ServiceSpec& service) const override {
    return std::holds_alternative<Subsystem>(service);
  }
  tl::expected<std::unique_ptr<Session>, Refusal> open(const OpenSession& open,
                                                       NoteLimiter notes) override;
  void on_stop() override;

  /// The engine opened no connection for a server.
  void on_failed(const ConnectionFailed& failed);
  /// As ServiceRunner::take_connect_requests().
  std::vector<ConnectRequest> take_connect_requests() { return egress_.take_new(); }

  /// As ServiceRunner::run() and take_ports().
  void run(const std::vector<SubsystemUse>& subsystems);
  std::shared_ptr<const ListeningPorts> take_ports();
  std::vector<SubsystemStatus> status() const;
  OutboundCounts outbound() const {
    OutboundCounts counts = outbound_;
    counts.open = outbound_count();
    return counts;
  }

 private:
  /// The servers of one subsystem.
  struct Group {
    std::shared_ptr<const ServiceSpec> subsystem;
    std::optional<IpAddress> first_host;   // of `first`; none: no host has asked for it
    std::unique_ptr<ServerProcess> first;  // runs from the start; null: see run()
    std::map<IpAddress, std::unique_ptr<ServerProcess>> others{};
    std::map<IpAddress, std::uint64_t> last_used{};  // of `others`: counts conversations
    bool is_removed = false;                         // not in the configuration any more
  };

  Group* find(const ServiceSpec& subsystem);
  bool change(const SubsystemUse& use);
  tl::expected<ServerProcess*, Refusal> server_for(Group& group, const IpAddress& host);
  std::unique_ptr<ServerProcess> make(const Group& group, std::optional<IpAddress> host);
  bool make_room();
  std::string no_room() const;
  void remove_ended(short = 0);
  std::size_t server_count() const;
  void on_ports() override;
  void on_end() override { sweep(); }
  void on_unused() override { sweep(); }
  void on_outbound_request(ServerProcess& server, const OutboundRequest& outbound) override;
  void on_program_end(ServerProcess& server) override { egress_.forget(server); }
  tl::expected<std::unique_ptr<Session>, Refusal> open_outbound(const OpenSession& open,
                                                                NoteLimiter notes);
  std::size_t outbound_count() const;
  /// The group of a server, if it is in the configuration.
  const Group* active_group_of(const ServerProcess& server) const;
  template <class Visit>
  static void visit_servers(const Group& group, Visit visit) {
    if (group.first != nullptr) visit(*group.first);
    for (const auto& [host, server] : group.others) visit(*server);
  }
  void sweep();

  SessionContext context_;
  SpawnerLink& spawner_;
  SubsystemLimits limits_;
  SubsystemLog log_;
  SourceShares shares_;
  EgressRequests egress_;
  OutboundCounts outbound_;  // without `open`
  std::list<Group> groups_;
  std::uint64_t uses_ = 0;
  bool ports_changed_ = false;
  LoopEvent sweep_;  // a server ended, and cannot be destroyed while it reports that
};

}  // namespace apiary

#pragma once

#include <optional>
#include <vector>

#include "engine/external_forwarder.h"
#include "engine/transport.h"
#include "lan/lan_presence.h"
#include "lan/neighbour_cache.h"
#include "session/session.h"

namespace apiary {

/// The connections that hosts begin, until their first packet leaves: finds the next hop, and asks
/// for its MAC address. A host at a claimed address is reached through the simulated network.
class ConnectQueue {
 public:
  /// ARP requests for a next hop before it counts as unreachable (mcast_solicit in Linux).
  static constexpr int max_requests = 3;
  /// Connections that wait for a next hop. More are refused.
  static constexpr std::size_t max_waiting = 256;

  /// Parts of the engine, which must outlive this object.
  struct Dependencies {
    const EngineSettings& settings;
    HostTable& hosts;
    LanPresence& lan;
    const ExternalForwarder& forwarder;
    Transport& transport;
    PacketSender& outlet;
  };
  explicit ConnectQueue(const Dependencies& dependencies);

  void connect(Instant now, const ConnectRequest& request, Outbox& out);
  void on_arp(Instant now, InterfaceId interface, const ArpMessage& message, Outbox& out);

  void on_time(Instant now, Outbox& out);
  Instant next_due() const;
  void add_tables(std::vector<TableUse>& tables) const { tables.push_back(neighbours_.use()); }
  void adopt(const Honeynet&, const AddressSet&) {}  // what waits is checked when it is sent
  /// An interface has changed.
  void on_change() { neighbours_.clear(); }

 private:
  /// The interface by which packets leave, and the neighbour there; no neighbour: there is no ARP.
  struct NextHop {
    InterfaceId interface;
    std::optional<Neighbour> neighbour{};
  };
  struct Waiting {
    ConnectRequest request;
    Neighbour next_hop;
    int requests = 0;
    Instant next{};
  };

  bool may_connect(Instant now, const FlowKey& flow);
  std::optional<NextHop> next_hop_to(const IpAddress& destination) const;
  std::optional<NextHop> on_link_with(InterfaceId interface, const IpAddress& destination) const;
  /// Sends the SYN, resolves the next hop, or fails. Returns whether the request still waits.
  bool keep_waiting(Instant now, Waiting& waiting, Outbox& out);
  void send(Instant now, const ConnectRequest& request, const Egress& exit, Outbox& out);

  const Dependencies deps_;
  NeighbourCache neighbours_;
  std::vector<Waiting> waiting_;
};

}  // namespace apiary

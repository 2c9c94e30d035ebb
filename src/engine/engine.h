/// engine/: the core. Packets, service messages and time go in; packets, service commands and
/// events come out.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "engine/engine_settings.h"
#include "engine/honeynet_version.h"
#include "host/outbox.h"
#include "telemetry/conversation.h"
#include "telemetry/counters.h"
#include "telemetry/dhcp_client_status.h"
#include "telemetry/engine_status.h"
#include "topology/route.h"

namespace apiary {

class SignatureDatabase;
struct DecodedFrame;
struct Destination;
struct HostTemplate;
struct IcmpErrorKind;
struct IpDatagram;
struct ParsedDatagram;

/// One shard of the honeynet. It owns only the state of its hosts and conversations: it reads no
/// clock, opens no descriptor, starts no thread. The same inputs and seed always give the same
/// outputs.
class Engine {
 public:
  Engine(std::shared_ptr<const Honeynet> honeynet, EngineSettings settings);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// Handles a frame that `interface` received. Of several shards, each gets the packets for its
  /// hosts, and all ARP messages and broadcasts.
  void on_frame(Instant now, InterfaceId interface, const ReceivedFrame& frame, Outbox& out);
  /// Fetches what on_frame() will read for frame `next` of a batch, and for some after it, into the
  /// processor's cache. Optional: call it before each frame, from the first on.
  void expect(InterfaceId interface, std::span<const ReceivedFrame> batch, std::size_t next);
  /// Handles a message of a service. Ignores messages of sessions that have ended.
  void on_service(Instant now, const ServiceMessage& message, Outbox& out);
  /// Opens a connection of a host for its server.
  void connect(Instant now, const ConnectRequest& request, Outbox& out);
  /// Fires timers, and moves the packets that are due into `out`.
  void on_time(Instant now, Outbox& out);

  /// Releases the leases of all DHCP clients. Call it last.
  void release_leases(Instant now, Outbox& out);

  /// Switches to another version between turns, at no cost per host. Conversations continue with
  /// the template that they began with, even if no host is at their address any more. A host whose
  /// personality keeps its name keeps its sequences. Returns the old version, for the caller to
  /// destroy where that may take time. Templates that conversations still use follow in
  /// Outbox::released.
  HoneynetVersion adopt(HoneynetVersion next);

  /// Sets which sources visitors may have, by the machine's routes. Returns the old setting. Until
  /// the first call, any source is allowed.
  std::shared_ptr<const ReversePaths> adopt(std::shared_ptr<const ReversePaths> next);

  /// Sets the ports on which subsystems listen; not null. Returns the old ones. Until the first
  /// call, they listen on none.
  std::shared_ptr<const ListeningPorts> adopt(std::shared_ptr<const ListeningPorts> next) {
    return std::exchange(settings_.listening, std::move(next));
  }

  /// Sets the signatures that identify visitors' operating systems; not null. Returns the old ones.
  /// Until the first call, the engine identifies none.
  std::shared_ptr<const SignatureDatabase> adopt(std::shared_ptr<const SignatureDatabase> next);

  /// Switches between turns to new settings of an interface. Its name and link layer stay.
  void change_interface(InterfaceId interface, InterfaceSettings settings);

  /// This machine has `addresses` now, so hosts stop answering for them. Their conversations end
  /// without a packet to the visitors, since the machine receives those visitors' packets.
  void leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out);

  /// When on_time() next has something to do; Instant::max() if never. An early call is harmless, a
  /// late one adds latency.
  Instant next_deadline();

  const Counters& counters() const { return counters_; }
  std::size_t connections() const;
  std::size_t half_open_connections() const;
  std::size_t tarpitted_connections() const;
  std::size_t udp_flows() const;
  std::size_t remembered_hosts() const;
  const std::shared_ptr<const Honeynet>& honeynet() const { return honeynet_; }
  const AddressSet& claimed() const { return settings_.claimed; }
  const ListeningPorts& listening() const { return *settings_.listening; }
  const std::vector<InterfaceSettings>& interfaces() const { return settings_.interfaces; }
  const ShardShare& share() const { return settings_.share; }
  const HashKey& host_key() const { return settings_.host_key; }  // never changes

  /// The use of the tables that unvalidated peers can fill.
  std::vector<TableUse> tables() const;

  /// status() lists the queues of at most this number of links.
  static constexpr std::size_t max_link_queues = 200;
  /// A copy of what the engine holds and has counted: some kilobytes.
  EngineStatus status(Instant now) const;
  /// At most `limit` conversations, the most recently active first, TCP before UDP.
  ConversationList conversations(std::size_t limit) const;

  /// The hosts that get their addresses by DHCP.
  std::vector<DhcpClientStatus> dhcp_clients() const;
  const AddressSet& leased_addresses() const;
  /// Grows with each change of leased_addresses().
  std::uint64_t lease_changes() const;

  /// The template of the host at `address` for packets of `source` with the IP protocol `protocol`.
  /// The host may be bound, have a lease, or have the default template. Never a dynamic template.
  /// Returns nullptr if no simulated host is there, as at the address of a physical host. Valid
  /// until the next call that changes the engine.
  const HostTemplate* host_at(const IpAddress& address, const IpAddress& source,
                              std::uint8_t protocol, Instant now) const;

 private:
  struct Parts;         // engine_parts.h
  class BatchPrefetch;  // engine_expect.cc

  /// Where and when a datagram was received. Hosts draw their sequences at that time; the inbound
  /// path only delays the reply (decision 2).
  struct Ingress {
    Instant now;
    Egress exit;
    bool checksum_pending;
    Outbox& out;
    bool to_group = false;               // broadcast or multicast frame
    Destination* destination = nullptr;  // of the datagram; null: leased, or a physical host
  };

  /// Calls `visit` with each component: the parts with timers, tables or a view of the honeynet, in
  /// the order in which they act. No other list of them exists.
  template <class Visit>
  void visit_components(Visit visit) const;

  void handle_frame(Instant now, InterfaceId interface, const ReceivedFrame& frame, Outbox& out);

  // Admission: which packets are handled, and which sources are accepted.
  bool comes_from_somebody(InterfaceId interface, const DecodedFrame& frame) const;
  bool find_receiver(Ingress& ingress, const IpDatagram& datagram) const;
  bool may_answer(Ingress& ingress, const IpDatagram& datagram);
  bool may_receive(Ingress& ingress, const IpAddress& destination);
  bool is_from_visitor(const Ingress& ingress, const IpDatagram& datagram);
  bool is_of_link(InterfaceId interface, const IpAddress& source) const;
  bool is_ours(const Ingress& ingress, const IpAddress& source);
  bool is_led_to_by(InterfaceId interface, const IpAddress& source) const;

  /// Handles what hosts sent to other hosts.
  void deliver_internal(Instant now, Outbox& out);

  // Broadcasts and multicasts.
  bool is_for_all(InterfaceId interface, const IpAddress& destination) const;
  void on_broadcast(const Ingress& ingress, const IpDatagram& datagram);
  void on_broadcast_udp(const Ingress& ingress, const ParsedDatagram& datagram);
  void on_broadcast_icmp(const Ingress& ingress, const ParsedDatagram& datagram);
  void emit_broadcast(const Ingress& ingress, const IpDatagram& datagram,
                      ProbeReceived probe) const;
  bool deliver_to_listeners(const Ingress& ingress, const ParsedDatagram& datagram, Port port);
  bool deliver_broadcast(const Ingress& ingress, ParsedDatagram datagram, const IpAddress& host,
                         Port port);

  // The inbound path of a datagram, and where it ends.
  void on_datagram(const Ingress& ingress, const ParsedDatagram& datagram);
  void act_on(const Ingress& ingress, const ParsedDatagram& datagram, const RouteVerdict& verdict);
  void deliver(const Ingress& ingress, const ParsedDatagram& datagram, const Delivered& to);
  bool may_forward_out(const Ingress& ingress, const IpDatagram& datagram, const Path& path,
                       Instant at, std::optional<InterfaceId> exit);
  void forward_out(const Ingress& ingress, IpDatagram datagram, const Tunnelled& into);
  void forward_out(const Ingress& ingress, IpDatagram datagram, const Delivered& to);
  bool forward_back(const Ingress& ingress, const IpDatagram& datagram);
  std::uint8_t no_route_code(const Ingress& ingress, const IpDatagram& datagram,
                             const NoRoute& at) const;
  template <class AtHop>
  void answer_from_router(const Ingress& ingress, const IpDatagram& datagram, const AtHop& at,
                          const IcmpErrorKind& report);

  std::shared_ptr<const Honeynet> honeynet_;
  EngineSettings settings_;
  Counters counters_;
  const std::unique_ptr<Parts> parts_;
};

}  // namespace apiary

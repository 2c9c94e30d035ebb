/// engine/: the core. Packets, service messages and time go in; packets, service commands and
/// events come out.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "engine/engine_settings.h"
#include "host/outbox.h"
#include "telemetry/conversation.h"
#include "telemetry/counters.h"
#include "telemetry/dhcp_client_status.h"
#include "telemetry/engine_status.h"
#include "topology/route.h"

namespace apiary {

class EmulatedNetwork;
class ExternalForwarder;
class Honeynet;
class HostTable;
class LanPresence;
class PacketSender;
class SignatureDatabase;
class Transport;
struct DecodedFrame;
struct HostTemplate;
struct IcmpErrorKind;
struct IpDatagram;
struct ParsedDatagram;

/// What an engine answers as, and for which addresses: what a reload replaces.
struct HoneynetVersion {
  std::shared_ptr<const Honeynet> honeynet;  // not null
  AddressSet claimed;
};

/// One shard of the honeynet. It owns the state of its hosts and nothing else: it reads no clock,
/// opens no descriptor, starts no thread. The same inputs and seed always give the same outputs.
class Engine {
 public:
  Engine(std::shared_ptr<const Honeynet> honeynet, EngineSettings settings);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine();

  /// A frame came in by `interface`.
  void on_frame(Instant now, InterfaceId interface, const ReceivedFrame& frame, Outbox& out);
  /// A service said something. Messages about sessions that are over are ignored.
  void on_service(Instant now, const ServiceMessage& message, Outbox& out);
  /// Fires the timers and releases the packets that are due.
  void on_time(Instant now, Outbox& out);

  /// Has the hosts that a DHCP server leased addresses give them back: the last thing to do.
  void release_leases(Instant now, Outbox& out);

  /// Goes over to another world, between turns and at no cost per host. Conversations live on, as
  /// the machines they began with, even when nobody is at their address any more; a host whose
  /// personality keeps its name keeps its sequences. Gives back the world that was, to be let go
  /// where that may take its time.
  HoneynetVersion adopt(HoneynetVersion next);

  /// Which sources visitors may have from now on, as the machine's routes are. Gives back what held
  /// before. Until the first is given, any.
  std::shared_ptr<const ReversePaths> adopt(std::shared_ptr<const ReversePaths> next) {
    return std::exchange(settings_.reverse_paths, std::move(next));
  }

  /// By which signatures visitors' operating systems are known from now on; not null. Gives back
  /// those that held before. Until the first are given, none is known.
  std::shared_ptr<const SignatureDatabase> adopt(std::shared_ptr<const SignatureDatabase> next);

  /// Goes on with `settings` of an interface that may be another, but has the same name and link
  /// layer, between turns.
  void change_interface(InterfaceId interface, InterfaceSettings settings);

  /// This machine has `addresses` now: from now on it speaks for them, and hosts do not. What they
  /// have under way ends without a word to the visitors, whose packets the machine gets.
  void leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out);

  /// When on_time() next has something to do; Instant::max() when never. Calling it early is
  /// harmless, late adds latency.
  Instant next_deadline();

  const Counters& counters() const { return counters_; }
  std::size_t connections() const;
  std::size_t half_open_connections() const;
  std::size_t tarpitted_connections() const;
  std::size_t udp_flows() const;
  std::size_t remembered_hosts() const;
  const std::shared_ptr<const Honeynet>& honeynet() const { return honeynet_; }
  const AddressSet& claimed() const { return settings_.claimed; }
  const std::vector<InterfaceSettings>& interfaces() const { return settings_.interfaces; }
  const HashKey& host_key() const { return settings_.host_key; }  // never changes

  /// How full the tables are that unvalidated peers fill.
  std::vector<TableUse> tables() const;

  /// status() lists the queues of at most this number of links.
  static constexpr std::size_t max_link_queues = 200;
  /// What the engine holds and has counted, for all who only watch. Copies some kilobytes.
  EngineStatus status(Instant now) const;
  /// At most `limit` of the conversations, the one active last first, TCP before UDP.
  ConversationList conversations(std::size_t limit) const;

  /// The hosts that ask DHCP servers for their addresses.
  std::vector<DhcpClientStatus> dhcp_clients() const;
  const AddressSet& leased_addresses() const;
  /// Grows with each change of leased_addresses().
  std::uint64_t lease_changes() const;

  /// The template by which the host at `address` answers what `source` sends by the IP protocol
  /// `protocol`, whether the host is bound, leased the address or of the default template; never
  /// dynamic. Returns nullptr if no simulated host is there, as at the address of a physical host.
  /// Valid until the next call that changes the engine.
  const HostTemplate* host_at(const IpAddress& address, const IpAddress& source,
                              std::uint8_t protocol, Instant now) const;

 private:
  /// What came with a datagram and goes along with it. The sequences of hosts belong to the moment
  /// it came in from outside; the time it takes inside only delays the answer (decision 2).
  struct Ingress {
    Instant now;
    Egress exit;
    bool checksum_pending;
    Outbox& out;
    bool to_group = false;  // the frame was for all on the link, or a group
  };

  /// Shows `visit` the parts that have something to do in time, tables to fill, or a view of the
  /// honeynet, in the order in which they act. The one list of them.
  template <class Visit>
  void visit_components(Visit visit) const;

  // Admission: which packets are handled, and which sources are accepted.
  bool comes_from_somebody(InterfaceId interface, const DecodedFrame& frame) const;
  bool find_receiver(Ingress& ingress, const IpDatagram& datagram) const;
  bool may_answer(const Ingress& ingress, const IpDatagram& datagram);
  bool is_from_visitor(const Ingress& ingress, const IpDatagram& datagram);
  bool is_of_link(InterfaceId interface, const IpAddress& source) const;
  bool is_ours(const Ingress& ingress, const IpAddress& source);
  bool is_led_to_by(InterfaceId interface, const IpAddress& source) const;

  // What was sent to all on a link.
  bool is_for_all(InterfaceId interface, const IpAddress& destination) const;
  void on_broadcast(const Ingress& ingress, const IpDatagram& datagram);
  void on_broadcast_udp(const Ingress& ingress, const ParsedDatagram& datagram);
  void on_broadcast_icmp(const Ingress& ingress, const ParsedDatagram& datagram);
  static void tell_of_broadcast(const Ingress& ingress, const IpDatagram& datagram,
                                ProbeReceived probe);
  bool deliver_to_listeners(const Ingress& ingress, const ParsedDatagram& datagram, Port port);
  bool deliver_broadcast(const Ingress& ingress, ParsedDatagram datagram, const IpAddress& host,
                         Port port);

  // The inbound path of a datagram, and its end.
  void on_datagram(const Ingress& ingress, const ParsedDatagram& datagram);
  void act_on(const Ingress& ingress, const ParsedDatagram& datagram, const RouteVerdict& verdict);
  void deliver(const Ingress& ingress, ParsedDatagram datagram, const Delivered& to);
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
  const std::unique_ptr<EmulatedNetwork> network_;
  const std::unique_ptr<PacketSender> outlet_;
  const std::unique_ptr<ExternalForwarder> forwarder_;
  const std::unique_ptr<LanPresence> lan_;
  const std::unique_ptr<HostTable> hosts_;
  const std::unique_ptr<Transport> transport_;
};

}  // namespace apiary

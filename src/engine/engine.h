/// engine/: the core. Packets, service messages and time go in; packets, service commands and
/// events come out.
#pragma once

#include <memory>
#include <utility>

#include "base/address_set.h"
#include "base/keyed_hash.h"
#include "base/lru_map.h"
#include "base/token_bucket.h"
#include "engine/external_forwarder.h"
#include "honeynet/honeynet.h"
#include "host/amplification_limiter.h"
#include "host/conversation.h"
#include "host/host_context.h"
#include "host/icmp.h"
#include "host/reassembly.h"
#include "host/reverse_paths.h"
#include "host/udp.h"
#include "host/visitor_systems.h"
#include "lan/arp.h"
#include "lan/background_arp.h"
#include "lan/dhcp_clients.h"
#include "lan/neighbour_monitor.h"
#include "tcp/tcp.h"
#include "telemetry/counters.h"
#include "topology/emulated_network.h"
#include "wire/decode.h"

namespace apiary {

struct EngineSettings {
  std::vector<InterfaceSettings> interfaces;
  AddressSet claimed;  // the addresses to answer for
  ArpMode arp = ArpMode::ask_first;
  Limits limits;
  HashKey host_key;        // what hosts look like; the same key, the same hosts
  std::uint64_t seed = 0;  // of chance: loss on links, hash tables
};

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
    return std::exchange(reverse_paths_, std::move(next));
  }

  /// By which signatures visitors' operating systems are known from now on; not null. Gives back
  /// those that held before. Until the first are given, none is known.
  std::shared_ptr<const SignatureDatabase> adopt(std::shared_ptr<const SignatureDatabase> next) {
    return systems_.adopt(std::move(next));
  }

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
  std::size_t connections() const { return tcp_.connections(); }
  std::size_t half_open_connections() const { return tcp_.half_open(); }
  std::size_t held_up_connections() const { return tcp_.tarpitted(); }
  std::size_t udp_flows() const { return udp_.flows(); }
  std::size_t remembered_hosts() const { return hosts_.size(); }
  const std::shared_ptr<const Honeynet>& honeynet() const { return honeynet_; }
  const AddressSet& claimed() const { return settings_.claimed; }
  const std::vector<InterfaceSettings>& interfaces() const { return settings_.interfaces; }
  // These never change.
  const HashKey& host_key() const { return settings_.host_key; }
  const Limits& limits() const { return settings_.limits; }

  /// How full the tables are that unvalidated peers fill.
  std::vector<TableUse> tables() const;

  const EmulatedNetwork& network() const { return network_; }
  /// Of packets that wait for their latency or to be sent.
  std::size_t packet_buffer_bytes() const { return outlet_.held_bytes(); }

  const DhcpClients& dhcp_hosts() const { return dhcp_; }

  /// The machine at an address, leased or bound, for what `visitor` sends by the IP protocol
  /// `protocol`; never dynamic. nullptr: nobody. Valid until the next adopt().
  const HostTemplatePtr* find_host(const IpAddress& address, const IpAddress& visitor,
                                   std::uint8_t protocol, Instant now) const;

  /// At most `limit` of the conversations under way, those spoken in last first, TCP before UDP.
  std::vector<Conversation> latest_conversations(std::size_t limit) const;

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

  StationLookup stations() const {
    return {*honeynet_, settings_.claimed, dhcp_, settings_.interfaces, settings_.host_key};
  }
  /// The path to an address; a leased one is on the link. nullptr: none.
  const Path* path_to(const IpAddress& address) const;
  /// Whether there are hosts that neighbours on a link see as machines of their own.
  bool has_nics() const { return honeynet_->has_nics() || !dhcp_.empty(); }
  bool comes_from_somebody(InterfaceId interface, const DecodedFrame& frame);
  bool find_receiver(Ingress& ingress, const IpDatagram& datagram);
  void note_neighbour(const Ingress& ingress, const IpDatagram& datagram);
  bool may_answer(const Ingress& ingress, const IpDatagram& datagram);
  bool is_from_visitor(const Ingress& ingress, const IpDatagram& datagram);
  bool is_for_all(InterfaceId interface, const IpAddress& destination) const;
  void on_broadcast(const Ingress& ingress, const IpDatagram& datagram);
  void on_broadcast_udp(const Ingress& ingress, const IpDatagram& datagram);
  void on_broadcast_icmp(const Ingress& ingress, const IpDatagram& datagram);
  static void tell_of_broadcast(const Ingress& ingress, const IpDatagram& datagram,
                                ProbeReceived probe);
  bool deliver_to_listeners(const Ingress& ingress, const IpDatagram& datagram, Port port);
  bool deliver_broadcast(const Ingress& ingress, IpDatagram datagram, const IpAddress& host,
                         Port port);
  bool is_of_link(InterfaceId interface, const IpAddress& source) const;
  bool is_ours(const Ingress& ingress, const IpAddress& source);
  bool is_led_to_by(InterfaceId interface, const IpAddress& source) const;
  void on_datagram(const Ingress& ingress, const IpDatagram& datagram);
  void act_on(const Ingress& ingress, const IpDatagram& datagram, const RouteVerdict& verdict);
  bool is_dropped(const HostTemplate& kind, const IpDatagram& datagram);
  void note_system(const Ingress& ingress, const IpDatagram& datagram);
  void deliver(const Ingress& ingress, IpDatagram datagram, const Delivered& to);
  bool may_forward_out(const Ingress& ingress, const IpDatagram& datagram, const Path& path,
                       Instant at, std::optional<InterfaceId> exit);
  void forward_out(const Ingress& ingress, IpDatagram datagram, const Tunnelled& into);
  void forward_out(const Ingress& ingress, IpDatagram datagram, const Delivered& to);
  bool forward_back(const Ingress& ingress, const IpDatagram& datagram);
  void dispatch(HostContext& host, const IpDatagram& datagram, bool checksum_pending);
  std::uint8_t no_route_code(const Ingress& ingress, const IpDatagram& datagram,
                             const NoRoute& at) const;
  void on_icmp_error(HostContext& host, const ReceivedIcmpError& report);
  template <class AtHop>
  void answer_from_router(const Ingress& ingress, const IpDatagram& datagram, const AtHop& at,
                          const IcmpErrorKind& report);
  HostState make_state(const IpAddress& address, const HostTemplatePtr& kind, Instant now) const;
  HostState& state_of(const IpAddress& address, const HostTemplatePtr& kind, Instant now);
  void report_lapsed(Instant now, const Reassembly::Lapsed& lapsed, Outbox& out);
  HostContext conversation_context(Instant now, const FlowKey& flow, const HostTemplatePtr& kind,
                                   const SavedReplyRoute& way, Outbox& out);
  ReplyRoute way_of_conversation(Instant now, const IpAddress& address,
                                 const SavedReplyRoute& kept) const;
  HostContext context(Instant now, const IpAddress& address, const IpAddress& visitor,
                      const HostTemplatePtr& kind, const ReplyRoute& way, Outbox& out);

  std::shared_ptr<const Honeynet> honeynet_;
  EngineSettings settings_;
  std::shared_ptr<const ReversePaths> reverse_paths_ = std::make_shared<const ReversePaths>();
  Counters counters_;
  EmulatedNetwork network_;
  Random rng_;                      // of packets that hosts drop
  Instant began_ = Instant::max();  // when the first frame came: hosts' uptimes count from then
  PacketSender outlet_;
  ExternalForwarder forwarder_;
  ArpResponder arp_;
  NeighbourMonitor neighbours_;
  BackgroundArp background_arp_;
  DhcpClients dhcp_;
  bool dhcp_is_stale_ = true;  // it has not gone over to the present honeynet yet
  Reassembly reassembly_;
  TcpHandler tcp_;
  UdpHandler udp_;
  AmplificationLimiter accounts_;
  IcmpRateLimiter icmp_allowance_;
  VisitorSystems systems_;
  TokenBucket broadcasts_, broadcast_deliveries_;
  LruMap<IpAddress, HostState, FlowHash> hosts_;
};

}  // namespace apiary

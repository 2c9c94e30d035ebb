#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tl/expected.hpp>
#include <tuple>
#include <utility>
#include <vector>

#include "base/token_bucket.h"
#include "posix/file_descriptor.h"
#include "posix/system_error.h"
#include "sandbox/guarded_packet.h"
#include "session/egress_rule.h"

namespace apiary {

/// A connection, or a UDP flow, that a server begins.
struct OutboundRequest {
  std::uint64_t number = 0;  // counted by the gate, from 1
  FlowKey flow;              // `local` is the server's end
};

/// How the gate answers a request that is not granted, or has ended.
enum class OutboundAnswer : std::uint32_t {
  refuse,       // a reset, or port unreachable
  unreachable,  // host unreachable
  silence,      // nothing: the server's own timeout ends it
  forget        // the conversation has ended
};

/// Guards the packets of a server to the destinations of its egress list. In the server's network,
/// routes send them to the MAC address of a neighbour that does not exist. The kernel outside
/// ignores them, and the gate reads them. It holds the first packet of each flow until the daemon
/// answers. Then it writes the right MAC address into the packet, as into all packets that begin no
/// flow, and the kernel outside handles it: by the socket for the other machine, or by a refusal if
/// there is none. The gate decides about packets because the server cannot change them any more.
class EgressGate {
 public:
  // Flows that are open or wait for an answer, and how many begin in a second. Packets that begin
  // more are lost, as on a full link: the server's kernel retransmits a SYN.
  static constexpr std::size_t max_flows = 512;
  static constexpr double request_burst = 50, requests_per_second = 20;
  // Datagrams that wait for an answer, of a flow.
  static constexpr std::size_t max_held = 4;

  /// The link between the two networks.
  struct Link {
    int inside = 0, outside = 0;  // indexes of its ends
    std::array<std::uint8_t, 6> guard{},
        gateway{};  // MAC addresses outside: nobody's, the kernel's
  };

  /// Makes the sockets. Needs CAP_NET_RAW. `go_inside` and `go_outside` change the network of the
  /// process, which is left outside.
  template <class GoInside, class GoOutside>
  bool open(GoInside go_inside, GoOutside go_outside) {
    if (!go_inside() || !open_packet_socket(inside_)) return false;
    return go_outside() && open_packet_socket(outside_) && open_icmp_socket();
  }
  /// From now on, packets to the list's destinations come to the gate, and flows to others end.
  /// Errors: packet sockets.
  tl::expected<void, SystemError> guard(const Link& link, EgressList list);
  bool is_guarding() const { return !list_.empty(); }
  bool allows(IpProtocol protocol, const Endpoint& destination) const {
    return apiary::allows(list_, protocol, destination);
  }

  int descriptor() const { return is_guarding() ? outside_.get() : -1; }
  /// Handles some packets. Returns the requests that are new.
  std::vector<OutboundRequest> read(Instant now);

  /// A visitor has a UDP flow with `port` of the server: datagrams to it begin none.
  void add_visitor(const Endpoint& visitor, Port port);
  /// The flow of a request that waits for an answer.
  std::optional<FlowKey> waiting_flow(std::uint64_t number) const;
  /// The socket of its machine exists: lets the packets of the flow pass.
  void grant(std::uint64_t number);
  void answer(std::uint64_t number, OutboundAnswer answer);
  /// The server has ended.
  void forget_all() { flows_.clear(), by_number_.clear(); }

 private:
  using Frame = std::vector<std::byte>;  // with a virtio_net_hdr and an Ethernet header
  using Key = std::tuple<IpProtocol, Endpoint, Endpoint>;
  struct Flow {
    enum class State { waiting, open, silent };
    std::uint64_t number = 0;
    State state = State::waiting;
    std::vector<Frame> held{};
    std::size_t quoted_bytes = 0;  // of the first one
    Instant since{};               // of the state
  };

  static Key key_of(const FlowKey& flow) { return {flow.protocol, flow.local, flow.remote}; }
  static bool open_packet_socket(FileDescriptor& socket);
  bool open_icmp_socket();
  bool is_visitor(const FlowKey& flow) const {
    return visitors_.contains({flow.remote, flow.local.port});
  }
  std::optional<OutboundRequest> handle(Instant now, Frame frame);
  std::optional<OutboundRequest> begin(Instant now, const GuardedPacket& packet, Frame frame);
  bool make_room(Instant now);
  void pass(Frame& frame);
  void report_unreachable(const Key& key, const Flow& flow);

  FileDescriptor inside_, outside_, icmp_;
  Link link_{};
  EgressList list_;
  std::map<Key, Flow> flows_;
  std::map<std::uint64_t, Key> by_number_;
  std::uint64_t last_number_ = 0;
  RateLimiter rate_{request_burst, requests_per_second};
  std::set<std::pair<Endpoint, Port>> visitors_;
  std::vector<std::pair<Endpoint, Port>> order_;  // of visitors_, a ring
  std::size_t next_visitor_ = 0;
};

}  // namespace apiary

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace apiary {

/// An engine on a link with 10.0.0.0/24, whose machine is 10.0.0.2, and on a point-to-point
/// interface. It answers for 10.0.0.0/8. Visitors send from port 4000 to the host 10.0.0.5.
class EngineOnLink {
 public:
  using Words = std::vector<std::uint8_t>;

  static constexpr MacAddress own_mac{{2, 0, 0, 0, 0, 1}}, visitor_mac{{2, 0, 0, 0, 0, 9}};
  static constexpr IpAddress host = IpAddress::v4(10, 0, 0, 5);

  explicit EngineOnLink(std::shared_ptr<const Honeynet> honeynet = echo_honeynet(),
                        ShardId shard = {});

  /// All hosts are of one template, with a service on TCP and UDP port 7.
  static std::shared_ptr<const Honeynet> echo_honeynet();

  static Words tcp(std::uint8_t flags, Port to, const IpAddress& source,
                   std::size_t text_bytes = 0);
  static Words udp(Port to, const IpAddress& source, std::size_t text_bytes);
  static Words icmp(IcmpType type, std::size_t text_bytes);

  void send(std::uint8_t protocol, const IpAddress& source, const Words& payload,
            InterfaceId interface = {0}, bool more_fragments = false);
  void send_segment(const IpAddress& source, const TcpSegment& segment);
  void receive(InterfaceId interface, EtherType type, const Words& payload);
  /// Completes a handshake with `port` of the host, and returns the session that it opened.
  SessionId connect(const IpAddress& source, Port port);
  void announce(const IpAddress& address);
  void wait(Duration time);
  /// Ends the turn: reads what the engine sent into the members below.
  void take();
  std::size_t answers_to(const IpAddress& source, InterfaceId interface = {0});

  Engine engine;
  Instant now{seconds{1'700'000'000}};
  Outbox out;
  MacAddress sender = visitor_mac, receiver = own_mac;  // of frames that come in
  std::uint16_t vlan = 0;                               // theirs
  bool one_turn = false;                                // receive() does not take() by itself
  std::vector<SessionId> sessions;                      // opened
  std::vector<std::string> opened_by;                   // the templates of conversations
  MacAddress sent_from, sent_to;                        // of the last frame that left
  SeqNumber next_sequence;                              // after the last segment that left
  std::size_t sent = 0, asked = 0;                      // datagrams; ARP requests and replies
  std::uint64_t received_bytes = 0, sent_bytes = 0;

 private:
  static EngineSettings settings(ShardId shard);
};

}  // namespace apiary

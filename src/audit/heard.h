#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "wire/arp.h"
#include "wire/frame.h"
#include "wire/tcp_options.h"

namespace apiary {

/// A TCP segment of a host.
struct HeardTcp {
  Port source, destination;
  SeqNumber sequence, acknowledgment;
  std::uint8_t flags = 0;  // of tcp_flag
  std::uint16_t window = 0;
  std::vector<std::uint8_t> kinds;  // of its options, in their order
  TcpOptions options;
  std::string payload;

  bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  bool accepts() const;  // SYN/ACK
  bool refuses() const;  // RST
  std::uint32_t length() const;
};

struct HeardUdp {
  Port source, destination;
  std::string payload;
};

/// The datagram that an ICMP error quotes, as far as it does.
struct HeardQuote {
  IpAddress destination;
  std::uint8_t protocol = 0, ttl = 0;
  std::uint16_t tag = 0;  // the source port, or the identifier of an echo request
  std::size_t bytes = 0;  // quoted
};

struct HeardIcmp {
  std::uint8_t type = 0, code = 0;
  std::uint32_t rest = 0;
  std::string payload;
  std::optional<HeardQuote> quote;  // of errors
};

/// A packet that the attacker received.
struct Heard {
  Instant at;
  MacAddress sender;  // of the frame
  IpAddress source, destination;
  std::uint8_t ttl = 0, traffic_class = 0;
  std::uint16_t identification = 0;
  bool dont_fragment = false, is_fragment = false;
  std::variant<std::monostate, HeardTcp, HeardUdp, HeardIcmp, ArpMessage> content{};

  const HeardTcp* tcp() const { return std::get_if<HeardTcp>(&content); }
  const HeardUdp* udp() const { return std::get_if<HeardUdp>(&content); }
  const HeardIcmp* icmp() const { return std::get_if<HeardIcmp>(&content); }
  const ArpMessage* arp() const { return std::get_if<ArpMessage>(&content); }
  /// Whether it is an ICMP error.
  bool is_error() const { return icmp() != nullptr && icmp()->quote.has_value(); }
};

/// Copies a frame. Nothing if it is malformed, or neither IPv4 nor ARP.
std::optional<Heard> hear(Instant at, Bytes frame, LinkLayer link_layer);

}  // namespace apiary

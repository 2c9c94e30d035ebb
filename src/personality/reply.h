#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/time.h"
#include "personality/personality.h"
#include "personality/probe.h"
#include "personality/stack_state.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/tcp.h"
#include "wire/tcp_options.h"

namespace apiary {

/// The fields of the IPv4 header that the system decides and not the conversation.
struct IpHeaderTraits {
  std::uint8_t ttl = 64;
  bool dont_fragment = false;
  std::uint16_t identification = 0;
};

/// A TCP segment as a system makes it, but for addresses and ports.
struct TcpReply {
  IpHeaderTraits ip;
  SeqNumber sequence, acknowledgment;
  std::uint8_t flags = 0;     // of tcp_flag
  std::uint8_t reserved = 0;  // the four reserved bits
  std::uint16_t window = 0;
  std::uint16_t urgent_pointer = 0;
  TcpOptionBytes options;
  Bytes payload;  // some systems explain their resets; lives as long as the Personality

  bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

/// What both sides may use on a connection, by the options of SYN and SYN/ACK.
struct NegotiatedOptions {
  std::uint16_t send_mss = 536;           // the most payload bytes the visitor takes, less options
  bool window_scaling = false;            // both sent the option; else both shifts are 0
  std::uint8_t send_window_shift = 0;     // of windows the visitor advertises
  std::uint8_t receive_window_shift = 0;  // of windows we advertise
  bool timestamps = false;
  bool sack = false;
  std::uint32_t timestamp_offset = 0;  // this connection's, to be added to timestamp_value()
  bool operator==(const NegotiatedOptions&) const = default;
};

/// The first answer to a SYN to an open port.
struct SynAck {
  TcpReply reply;
  NegotiatedOptions negotiated;
};

/// How the system answers `syn` (SYN without ACK, FIN or RST) to an open port: flags SYN and ACK,
/// ISN, window, the options it knows among those offered, in its order (RFC 9293 section 3.10.7.2;
/// Nmap's SEQ, OPS, WIN, T1, ECN). Nothing when it would not answer. Draws an ISN and an IP ID.
/// Some systems refuse some SYNs even so: a reply without SYN in its flags, mostly a reset, begins
/// no connection.
std::optional<SynAck> answer_syn(const Personality& personality, StackState& stack,
                                 const TcpSegment& syn, Instant now);

/// How the system answers a segment that belongs to no connection and opens none (Nmap's T2 to
/// T7): mostly a reset. Nothing when it stays silent; a reset is never answered. Draws an IP ID.
std::optional<TcpReply> answer_stray(const Personality& personality, StackState& stack,
                                     const TcpSegment& segment, PortState port, Instant now);

/// The IP header of a segment in a connection, SYN/ACK retransmissions included. Draws an IP ID.
IpHeaderTraits shape_connection(const Personality& personality, StackState& stack, Instant now);

/// What the system's timestamps clock shows (RFC 7323 section 5.4).
std::uint32_t timestamp_value(const Personality& personality, const StackState& stack, Instant now);

/// An ICMP message of the system's own making, but for addresses.
struct IcmpShape {
  IpHeaderTraits ip;
  std::uint8_t type_of_service = 0;
  std::uint8_t code = 0;
};

/// How the system answers an echo request (Nmap's IE). Nothing when it stays silent. Draws an IP
/// ID.
std::optional<IcmpShape> answer_echo(const Personality& personality, StackState& stack,
                                     const IpDatagram& request, const IcmpMessage& echo,
                                     Instant now);

/// The answer to an ICMP query: a message of type `type` and what is behind its identifier.
struct IcmpQueryReply {
  IcmpShape icmp;
  IcmpType type = IcmpType::timestamp_reply;
  std::array<std::uint8_t, 12> payload{};
  std::size_t payload_size = 0;
};

/// How the system answers a timestamp, information or address mask request (RFC 792, RFC 950).
/// Nothing when it stays silent. Draws an IP ID.
std::optional<IcmpQueryReply> answer_query(const Personality& personality, StackState& stack,
                                           const IpDatagram& request, const IcmpMessage& query,
                                           Instant now);

/// An ICMP error: its shape, the word after its checksum, and how much it quotes.
struct IcmpErrorShape {
  IcmpShape icmp;
  std::uint32_t unused = 0;      // IcmpMessage::rest
  std::size_t quoted_bytes = 0;  // of quote_datagram(); at most 1472
};

/// How the system reports `offending`, a UDP datagram to a closed port (Nmap's U1). Nothing when
/// it stays silent. Draws an IP ID.
std::optional<IcmpErrorShape> answer_closed_udp(const Personality& personality, StackState& stack,
                                                const IpDatagram& offending, Instant now);

/// How the system, as a router, reports any other trouble with `offending`, such as its time to
/// live. Draws an IP ID.
IcmpErrorShape shape_icmp_error(const Personality& personality, StackState& stack,
                                const IpDatagram& offending, Instant now);

/// Writes the quotation of `offending` as the system gives it back, with the errors of its byte
/// orders and checksums (paper, Figure 3; Nmap's RIPL, RID, RIPCK, RUCK, RUD). `offending.ttl` is
/// the TTL with which the datagram reached the system. REQUIRES: target.size() == quoted_bytes of
/// the shape.
void quote_datagram(const Personality& personality, const IpDatagram& offending,
                    std::span<std::uint8_t> target);

}  // namespace apiary

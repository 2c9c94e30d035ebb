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
#include "wire/ip.h"
#include "wire/tcp.h"
#include "wire/tcp_options.h"

namespace apiary {

/// The fields of the IPv4 header that depend on the system, not on the conversation.
struct IpHeaderTraits {
  std::uint8_t ttl = 64;
  bool dont_fragment = false;
  std::uint16_t identification = 0;
  std::uint8_t type_of_service = 0;
};

/// A TCP segment of a system, without addresses and ports.
struct TcpReply {
  IpHeaderTraits ip;
  SeqNumber sequence, acknowledgment;
  std::uint8_t flags = 0;     // of tcp_flag
  std::uint8_t reserved = 0;  // the four reserved bits
  std::uint16_t window = 0;
  std::uint16_t urgent_pointer = 0;
  TcpOptionBytes options;
  Bytes payload;  // some systems put a text into resets; valid as long as the Personality

  bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
  /// The segment that carries it. Points into this object.
  TcpSegment segment(Port source, Port destination) const {
    return {.source_port = source,
            .destination_port = destination,
            .sequence = sequence,
            .acknowledgment = acknowledgment,
            .flags = flags,
            .reserved = reserved,
            .window = window,
            .urgent_pointer = urgent_pointer,
            .options = options.bytes(),
            .payload = payload};
  }
};

/// The features that both sides may use on a connection, from the options of SYN and SYN/ACK.
struct NegotiatedOptions {
  std::uint16_t send_mss = 536;           // the peer's limit of payload and TCP options, in bytes
  bool window_scaling = false;            // both sent the option; else both shifts are 0
  std::uint8_t send_window_shift = 0;     // for windows that the visitor advertises
  std::uint8_t receive_window_shift = 0;  // for windows that we advertise
  bool timestamps = false;
  bool sack = false;
  std::uint32_t timestamp_offset = 0;  // of this connection; added to timestamp_value()
  bool operator==(const NegotiatedOptions&) const = default;
};

/// The properties of a SYN that its reply depends on, in four bytes, so that half-open connections
/// do not store the reply: see repeat_syn_ack(). The value of the visitor's timestamp is not here.
struct SynSummary {
  std::uint32_t mss : 16 = 0;
  std::uint32_t window_scale : 4 = 0;
  std::uint32_t observation : 5 = 0;  // the personality's reply, by its position
  bool has_mss : 1 = false;
  bool has_window_scale : 1 = false;
  bool sack_permitted : 1 = false;
  bool has_timestamps : 1 = false;
  bool offers_ecn : 1 = false;  // RFC 3168 section 6.1.1
  bool has_tiny_window : 1 = false;
};
static_assert(sizeof(SynSummary) == 4);

/// The reply to a SYN to an open port.
struct SynAck {
  TcpReply reply;
  NegotiatedOptions negotiated;
  std::uint32_t visitor_timestamp = 0;  // 0: none
  std::optional<SynSummary> summary;    // nothing: repeat_syn_ack() cannot make this reply
};

/// Replies to `syn` (SYN without ACK, FIN or RST) at an open port: flags SYN and ACK, ISN, window,
/// and the offered options that the system supports, in its order (RFC 9293 section 3.10.7.2;
/// Nmap's SEQ, OPS, WIN, T1, ECN). Nothing if the system stays silent. Draws an ISN and an IP ID.
/// Some systems refuse some SYNs: a reply without the SYN flag, mostly a reset, opens no
/// connection. `endpoints` as for StackState::draw_isn().
std::optional<SynAck> answer_syn(const Personality& personality, StackState& stack,
                                 const TcpSegment& syn, Instant now,
                                 const std::optional<Endpoints>& endpoints = {});

/// The flags, window and options of the reply to a SYN with this summary and `visitor_timestamp`,
/// and what they negotiate, with the current value of the timestamp clock. Draws nothing: the
/// caller sets sequence numbers and the IP header.
SynAck repeat_syn_ack(const Personality& personality, const StackState& stack,
                      const SynSummary& summary, std::uint32_t visitor_timestamp,
                      std::uint32_t timestamp_offset, Instant now);

/// The SYN by which the system opens a connection (RFC 9293 section 3.10.1), without its IP header.
/// Nmap's fingerprints have no such SYN, so it follows from the replies to SYNs: the options and
/// their order are those of the reply to a SYN that offers what the system offers, and the window
/// is that of the reply to one without timestamps (Nmap's ECN), as systems compute it without them.
/// Draws an ISN. `timestamp_offset` is added to its timestamp.
TcpReply open_connection(const Personality& personality, StackState& stack,
                         std::uint32_t timestamp_offset, Instant now);

/// The options that a SYN of ours with the options `ours`, and the SYN/ACK with the options
/// `theirs`, negotiate.
NegotiatedOptions negotiate(const TcpOptions& theirs, const TcpOptions& ours);

/// Replies to a segment that belongs to no connection and opens none (Nmap's T2 to T7): mostly a
/// reset. Nothing if the system stays silent; a reset is never answered. Draws an IP ID.
std::optional<TcpReply> answer_stray(const Personality& personality, StackState& stack,
                                     const TcpSegment& segment, PortState port, Instant now);

/// The IP header of a segment in a connection, SYN/ACK retransmissions included. Draws an IP ID.
IpHeaderTraits shape_connection(const Personality& personality, StackState& stack, Instant now);

/// The IP header of a UDP datagram. Draws an IP ID.
IpHeaderTraits shape_datagram(const Personality& personality, StackState& stack, Instant now);

/// The value of the system's timestamp clock (RFC 7323 section 5.4).
std::uint32_t timestamp_value(const Personality& personality, const StackState& stack, Instant now);

/// An ICMP message of the system, without addresses.
struct IcmpShape {
  IpHeaderTraits ip;
  std::uint8_t type_of_service = 0;
  std::uint8_t code = 0;
};

/// Replies to an echo request (Nmap's IE). Nothing if the system stays silent. Draws an IP ID.
std::optional<IcmpShape> answer_echo(const Personality& personality, StackState& stack,
                                     const IpDatagram& request, const IcmpMessage& echo,
                                     Instant now);

/// The reply to an ICMP query: its type, and the bytes after its identifier.
struct IcmpQueryReply {
  IcmpShape icmp;
  IcmpType type = IcmpType::timestamp_reply;
  std::array<std::uint8_t, 12> payload{};
  std::size_t payload_size = 0;
};

/// Replies to a timestamp, information or address mask request (RFC 792, RFC 950). Nothing if the
/// system stays silent. Draws an IP ID.
std::optional<IcmpQueryReply> answer_query(const Personality& personality, StackState& stack,
                                           const IpDatagram& request, const IcmpMessage& query,
                                           Instant now);

/// An ICMP error: its header, the word after its checksum, and the length of its quotation.
struct IcmpErrorShape {
  IcmpShape icmp;
  std::uint32_t unused = 0;      // IcmpMessage::rest
  std::size_t quoted_bytes = 0;  // for quote_datagram(); at most 1472
};

/// Reports `offending`, a UDP datagram to a closed port (Nmap's U1). Nothing if the system stays
/// silent. Draws an IP ID.
std::optional<IcmpErrorShape> answer_closed_udp(const Personality& personality, StackState& stack,
                                                const IpDatagram& offending, Instant now);

/// Reports any other problem with `offending` as a router, such as an expired TTL. Draws an IP ID.
IcmpErrorShape shape_icmp_error(const Personality& personality, StackState& stack,
                                const IpDatagram& offending, Instant now);

/// Writes the system's quotation of `offending`, with its errors in byte order and checksums
/// (paper, Figure 3; Nmap's RIPL, RID, RIPCK, RUCK, RUD). `offending.hop_limit` is the TTL with
/// which the datagram reached the system. REQUIRES: target.size() == quoted_bytes of the shape.
void quote_datagram(const Personality& personality, const IpDatagram& offending,
                    std::span<std::uint8_t> target);

}  // namespace apiary

/// personality/: how an operating system answers. A Fingerprint is what Nmap expects to see of it,
/// a Personality what we do about that, and a StackState what one host of it remembers. The
/// functions of reply.h give replies their window, options, TTL and oddities by rules that hold for
/// any packet; none recognises a scanner. Nothing here sends, waits or knows a connection.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "personality/arp_rules.h"
#include "personality/dhcp_habits.h"
#include "personality/option_layout.h"
#include "personality/probe.h"
#include "personality/retransmission.h"
#include "personality/sequences.h"

namespace apiary {

struct Fingerprint;

/// The sequence number of a reply (Nmap's S).
enum class SequenceRule : std::uint8_t {
  zero,
  acknowledgment,  // the one the segment acknowledges
  acknowledgment_plus_one,
  own,  // none of these; its ISN when it sends a SYN
};

/// The acknowledgment number of a reply (Nmap's A).
enum class AcknowledgmentRule : std::uint8_t { zero, sequence, sequence_plus_one, other };

/// How the system answers one kind of segment.
struct SegmentRule {
  bool answers = true;
  std::uint8_t ttl = 64;  // as sent
  bool dont_fragment = false;
  SequenceRule sequence = SequenceRule::own;
  AcknowledgmentRule acknowledgment = AcknowledgmentRule::sequence_plus_one;
  std::uint8_t flags = 0;   // of tcp_flag
  bool echoes_ece = false;  // gives ECE back, as who does not know it (first generation's B)
  bool sets_reserved_bit = false, sets_urgent_pointer = false;  // Nmap's Q
  std::uint16_t window = 0;                                     // of strays
  OptionLayout options;                                         // of strays
  std::string payload;
};

/// Options written out once, for the answers of which nothing is to be left out or changed but the
/// numbers of a timestamp.
struct PreparedOptions {
  TcpOptionBytes bytes;
  bool sack_permitted = false, timestamps = false;  // what they say
  std::optional<std::uint8_t> window_scale;
  std::uint8_t needs = 0xff;               // of OfferedOptions::bits(): what must be offered
  std::uint8_t clock_at = 0, echo_at = 0;  // where a timestamp's numbers are; 0: they are zero
};

/// How the system was seen to answer a SYN, and what that SYN offered.
struct SynObservation {
  enum class Outcome : std::uint8_t { accepted, reset, silence };
  OfferedOptions offered;
  std::uint16_t offered_mss = 0;  // 0: none
  std::uint16_t offered_window = 0;
  Outcome outcome = Outcome::accepted;
  OptionLayout options;
  std::uint16_t window = 0;
  std::uint16_t window_per_mss = 0;  // window = this * the peer's MSS; 0: it does not follow it
  // It starts a new ISN: at this, if it is `zero` or `acknowledgment`.
  SequenceRule sequence = SequenceRule::own;
  PreparedOptions prepared;
};

/// Answers seen, of which each SYN gets that to the SYN most like it.
class SynAnswers {
 public:
  SynAnswers() = default;
  /// REQUIRES: at least one observation, at most 32.
  explicit SynAnswers(std::vector<SynObservation> observed);

  /// The likest is that to a SYN with such options, as those can be left out of an answer but not
  /// put in; of equal ones the one with the nearest MSS (0: none), then the nearest window.
  const SynObservation& nearest(const OfferedOptions& offered, std::uint16_t mss,
                                std::uint16_t window) const;

  SynObservation& front() { return observed_.front(); }
  const SynObservation& front() const { return observed_.front(); }
  auto begin() const { return observed_.begin(); }
  auto end() const { return observed_.end(); }

 private:
  std::vector<SynObservation> observed_;
  std::array<std::uint32_t, 16> likest_{};  // by what is offered: a bit for each of `observed_`
};

/// How the system answers connection requests of every kind, learnt from those observed.
struct SynRules {
  // Some systems refuse scanners' SYNs, whose window no real program has; others get the nearest
  // of those answers that make a conversation. Neither is ever empty.
  SynAnswers to_tiny_windows, to_usual_windows;
  bool mss_follows_peer = false;  // the lesser of its own and the peer's
  std::uint16_t own_mss = 1460;
  bool answers_alike = false;       // one answer was seen, and stands for all
  bool shift_follows_peer = false;  // gives back the window scale it was offered
};

/// How the system answers echo requests (Nmap's IE).
struct EchoRule {
  enum class Fragment : std::uint8_t { never, always, as_request, opposite };
  enum class Code : std::uint8_t { zero, as_request, constant, other };
  bool answers = true;
  std::uint8_t ttl = 64;
  Fragment dont_fragment = Fragment::as_request;
  Code code = Code::zero;
  std::uint8_t constant_code = 0;
};

/// Which ICMP queries but echo the system answers. Nmap does not ask; by the system's family.
struct QueryRules {
  bool timestamp = true, information = false, mask = false;
  bool swaps_timestamps = false;  // in the byte order of the machine (Windows)
};

/// How the system reports a datagram (Nmap's U1), and what it gets wrong in quoting it.
struct IcmpErrorRule {
  enum class Sum : std::uint8_t { good, zero, bad };
  bool answers = true;  // a datagram to a closed port
  std::uint8_t ttl = 64;
  bool dont_fragment = false;
  std::uint8_t type_of_service = 0;
  std::uint32_t unused = 0;                    // the word after the checksum
  std::uint16_t quoted_bytes = 28;             // at most
  bool pads_quotation = false;                 // quotes that many, also of a shorter datagram
  std::int16_t quoted_ttl_less = 0;            // quotes the TTL it received, less this
  std::int16_t quoted_length_more = 0;         // added to the quoted total length ...
  bool swaps_quoted_length = false;            // ... then in the other byte order
  std::optional<std::uint16_t> quoted_length;  // or always this
  bool swaps_quoted_id = false;                // the other byte order
  std::optional<std::uint16_t> quoted_id;      // or always this
  Sum quoted_ip_checksum = Sum::good;
  std::optional<std::uint16_t> quoted_udp_checksum;  // always this
  bool corrupts_data = false;
};

/// The rate limit of the system's ICMP errors: a burst, then a number per second. Nmap does not
/// test it; it follows the system's family.
struct ErrorAllowance {
  double burst = 0, per_second = 0;
  bool for_each_visitor = false;       // else for all of them together
  bool of_unreachables_alone = false;  // other errors are not limited
};

/// How an open port treats a lone FIN, if an annotation overrides the fingerprint.
enum class LoneFinRule : std::uint8_t {
  as_fingerprint,
  silence,  // it drops it, as RFC 9293 section 3.10.7.2 has it: FIN scans find open ports
  reset,    // it answers as a closed one: FIN scans find nothing
};

/// Whose bytes count where fragments overlap: those of the old one that was there, or of the new
/// one (Shankar and Paxson 2003, Novak 2005).
enum class FragmentPolicy : std::uint8_t {
  discard,    // nobody's: the datagram is thrown away, as of 2018 in Linux
  refuse,     // no fragment is taken at all
  first,      // the old one's
  last,       // the new one's
  bsd,        // the one's that starts first, and of two the old one's
  bsd_right,  // the one's that starts last, and of two the new one's
  linux_2,    // the one's that starts first, and of two the new one's
  windows,    // the old one's, unless the new one reaches further on both sides
  solaris,    // the old one's, unless the new one starts before it and reaches as far
};

/// Differences between systems that Nmap does not test, by family and age.
struct StackQuirks {
  // Challenges resets, SYNs and acknowledgments that an attacker may have guessed (RFC 5961); older
  // systems accept them.
  bool challenges = true;
  Duration acknowledgment_delay = milliseconds{40};  // of the first segment of two
  FragmentPolicy fragments = FragmentPolicy::discard;
  // Sends protocol unreachable for unknown protocols (RFC 1122 section 3.2.2.1).
  bool reports_unknown_protocols = true;
  // Sends time exceeded if a datagram is not reassembled in time (RFC 1122 section 3.3.2).
  bool reports_lapsed_fragments = true;
};

/// Everything that is the same for all hosts with one operating system. Immutable; shared.
struct Personality {
  std::string name;  // as in the configuration and the fingerprint

  SynRules syn;
  std::array<SegmentRule, 8> segments;  // by ProbeKind; see segment()
  SegmentRule default_reset;            // of a SYN to a closed port that asks for little
  LoneFinRule lone_fin = LoneFinRule::as_fingerprint;
  IsnRule isn;
  IpIdRules ip_ids;
  TimestampRule timestamps;
  EchoRule echo;
  QueryRules queries;
  IcmpErrorRule icmp_error;
  RetransmissionRule retransmission;
  ArpRules arp;
  DhcpQuirks dhcp = default_dhcp_quirks();
  std::optional<ErrorAllowance> error_allowance;  // none: no limit of its own is known
  bool no_route_is_host_unreachable =
      false;  // as a router without a route: host, not network, unreachable
  StackQuirks quirks;

  const SegmentRule& segment(ProbeKind kind) const {
    return segments[static_cast<std::size_t>(kind)];
  }
};

/// The behaviour of a host that Nmap identifies as `fingerprint`. If Nmap accepts several values,
/// it chooses the most common one; if Nmap accepts any, that of the RFCs.
Personality compile_personality(const Fingerprint& fingerprint);

/// A plausible present-day system of no maker, for hosts without a personality.
Personality generic_personality();

}  // namespace apiary

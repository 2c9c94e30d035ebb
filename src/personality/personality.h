/// personality/: how an operating system replies. A Fingerprint is Nmap's description of it, a
/// Personality the rules compiled from that, and a StackState the counters and clocks of one host.
/// The functions of reply.h set the window, options, TTL and quirks of replies by rules for any
/// packet; none recognises a scanner. Nothing here sends, waits or knows connections.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "personality/arp_rules.h"
#include "personality/dhcp_quirks.h"
#include "personality/option_layout.h"
#include "personality/probe.h"
#include "personality/retransmission.h"
#include "personality/sequences.h"

namespace apiary {

struct Fingerprint;

/// The sequence number of a reply (Nmap's S).
enum class SequenceRule : std::uint8_t {
  zero,
  acknowledgment,  // the number that the segment acknowledges
  acknowledgment_plus_one,
  own,  // none of these; its ISN if it sends a SYN
};

/// The acknowledgment number of a reply (Nmap's A).
enum class AcknowledgmentRule : std::uint8_t {
  zero,
  sequence,
  sequence_plus_one,
  other,
  end_of_segment,  // SEG.SEQ + SEG.LEN (RFC 9293 section 3.10.7.1)
};

/// How the system replies to one kind of segment.
struct SegmentRule {
  bool answers = true;
  std::uint8_t ttl = 64;  // as sent
  bool dont_fragment = false;
  SequenceRule sequence = SequenceRule::own;
  AcknowledgmentRule acknowledgment = AcknowledgmentRule::sequence_plus_one;
  std::uint8_t flags = 0;   // bits of tcp_flag
  bool echoes_ece = false;  // echoes ECE, as systems without ECN do (first generation's B)
  bool sets_reserved_bit = false, sets_urgent_pointer = false;  // Nmap's Q
  std::uint16_t window = 0;                                     // of replies to strays
  OptionLayout options;                                         // of replies to strays
  std::string payload;
};

/// Options encoded in advance, for replies in which only the numbers of a timestamp change.
struct PreparedOptions {
  TcpOptionBytes bytes{};
  bool sack_permitted = false, timestamps = false;  // options that they contain
  std::optional<std::uint8_t> window_scale;
  std::uint8_t needs = 0xff;               // OfferedOptions::bits() that the SYN must offer
  std::uint8_t clock_at = 0, echo_at = 0;  // offsets of a timestamp's numbers; 0: they are zero
};

/// An observed reply to a SYN, and what that SYN offered.
struct SynObservation {
  enum class Outcome : std::uint8_t { accepted, reset, silence };
  OfferedOptions offered;
  std::uint16_t offered_mss = 0;  // 0: none
  std::uint16_t offered_window = 0;
  Outcome outcome = Outcome::accepted;
  OptionLayout options;
  std::uint16_t window = 0;
  std::uint16_t window_per_mss = 0;  // window = this * the peer's MSS; 0: independent of the MSS
  // The first ISN of a new sequence, if `zero` or `acknowledgment`.
  SequenceRule sequence = SequenceRule::own;
  // For SYNs with the same options, and for those with an MSS at most, as port scanners send.
  PreparedOptions prepared, prepared_plain;
};

/// Observed replies. Each SYN gets the reply to the most similar observed SYN.
class SynAnswers {
 public:
  SynAnswers() = default;
  /// REQUIRES: at least one observation, at most 32.
  explicit SynAnswers(std::vector<SynObservation> observed);

  /// The reply to the observed SYN with the most similar options, as options can be removed from a
  /// reply but not added. Of equal ones, the nearest MSS (0: none), then the nearest window.
  const SynObservation& nearest(const OfferedOptions& offered, std::uint16_t mss,
                                std::uint16_t window) const;

  SynObservation& front() { return observed_.front(); }
  const SynObservation& front() const { return observed_.front(); }
  const SynObservation& operator[](std::size_t position) const { return observed_[position]; }
  std::size_t position_of(const SynObservation& one) const {
    return static_cast<std::size_t>(&one - observed_.data());
  }
  auto begin() const { return observed_.begin(); }
  auto end() const { return observed_.end(); }

 private:
  struct Offer {
    std::uint16_t mss = 0, window = 0;
  };

  std::vector<SynObservation> observed_;
  std::array<std::uint32_t, 16> likest_{};  // by offered options: a bit for each of `observed_`
  std::array<Offer, 32> offers_{};          // of `observed_`, in one place for the search
};

/// How the system replies to any SYN, derived from observed replies.
struct SynRules {
  // Some systems refuse SYNs of scanners, with windows that no real program has. Other SYNs get the
  // nearest reply that accepts the connection. Neither is ever empty.
  SynAnswers to_tiny_windows, to_usual_windows;
  bool mss_follows_peer = false;  // min(own MSS, peer's MSS)
  std::uint16_t own_mss = 1460;
  std::uint16_t path_mss = 0;  // of the submitter's path, which SYNs of Nmap's kind get; 0: none
  bool answers_alike = false;  // the only observed reply is used for all SYNs
  bool shift_follows_peer = false;  // echoes the offered window scale
};

/// How the system replies to echo requests (Nmap's IE).
struct EchoRule {
  enum class Fragment : std::uint8_t { never, always, as_request, opposite };
  enum class Code : std::uint8_t { zero, as_request, constant, other };
  bool answers = true;
  std::uint8_t ttl = 64;
  Fragment dont_fragment = Fragment::as_request;
  Code code = Code::zero;
  std::uint8_t constant_code = 0;
};

/// Which ICMP queries other than echo the system answers. Nmap does not test it; it follows the
/// system's family.
struct QueryRules {
  bool timestamp = true, information = false, mask = false;
  bool swaps_timestamps = false;  // in host byte order (Windows)
};

/// How the system reports a datagram to a closed port (Nmap's U1), and the errors in its quotation.
struct IcmpErrorRule {
  enum class Sum : std::uint8_t { good, zero, bad };
  bool answers = true;  // sends port unreachable
  std::uint8_t ttl = 64;
  bool dont_fragment = false;
  std::uint8_t type_of_service = 0;
  std::uint32_t unused = 0;                    // the 32-bit word after the checksum
  std::uint16_t quoted_bytes = 28;             // at most
  bool pads_quotation = false;                 // quotes that many bytes even of a shorter datagram
  std::int16_t quoted_ttl_less = 0;            // quoted TTL = received TTL - this
  std::int16_t quoted_length_more = 0;         // added to the quoted total length,
  bool swaps_quoted_length = false;            // then in the other byte order
  std::optional<std::uint16_t> quoted_length;  // or this constant
  bool swaps_quoted_id = false;                // in the other byte order
  std::optional<std::uint16_t> quoted_id;      // or this constant
  Sum quoted_ip_checksum = Sum::good;
  std::optional<std::uint16_t> quoted_udp_checksum;  // this constant
  bool corrupts_data = false;
};

/// The rate limit of the system's ICMP errors: a burst, then a rate. Nmap does not test it; it
/// follows the system's family.
struct ErrorAllowance {
  double burst = 0, per_second = 0;
  bool for_each_visitor = false;       // per destination; false: for all together
  bool of_unreachables_alone = false;  // only of unreachables; other errors are not limited
};

/// How an open port treats a lone FIN, if an annotation overrides the fingerprint.
enum class LoneFinRule : std::uint8_t {
  as_fingerprint,
  silence,  // drops it (RFC 9293 section 3.10.7.2): FIN scans find open ports
  reset,    // replies as a closed port: FIN scans find nothing
};

/// Which bytes win where a new fragment overlaps an old one (Shankar and Paxson 2003, Novak 2005).
enum class FragmentPolicy : std::uint8_t {
  discard,    // neither: the datagram is dropped, in Linux since 2018
  refuse,     // accepts no fragments at all
  first,      // the old
  last,       // the new
  bsd,        // of the one that starts first; of equal ones the old
  bsd_right,  // of the one that starts last; of equal ones the new
  linux_2,    // of the one that starts first; of equal ones the new
  windows,    // the old, unless the new one extends beyond it on both sides
  solaris,    // the old, unless the new one starts before it and ends no earlier
};

/// Differences between connections of systems, by family and age.
struct TcpQuirks {
  // The window starts at that of the SYN/ACK, rounded up to whole units of its scale, and grows by
  // two segments with each full one. false: it stays as it starts.
  bool window_grows = false;
  // Acknowledges each segment immediately until the host has sent data, then with its data; a FIN,
  // too, is acknowledged with what the host sends. false: each second segment, and FINs
  // immediately.
  bool acknowledges_immediately = false;
  // Reports duplicate data in the first SACK block (RFC 2883).
  bool reports_duplicates = false;
  // Each established connection counts IP IDs of its own, from a random one.
  bool counts_ids = false;
  // Another SYN in the window of a half-open connection gets a reset; else it begins a new one.
  bool resets_other_syns = false;
  // Sends the last segment again after two round trips without an acknowledgment (RFC 8985).
  bool probes_tail = false;
  // Half-open connections end by ICMP errors that say that no packet arrives, and not by refusals.
  bool half_open_ends_unreachable = false;
};

/// Differences between systems that Nmap does not test, by family and age.
struct StackQuirks {
  // Sends challenge ACKs for resets, SYNs and acknowledgments that may be spoofed (RFC 5961); older
  // systems accept them.
  bool challenges = true;
  Duration acknowledgment_delay = milliseconds{40};  // delayed ACK (RFC 9293 section 3.8.6.3)
  FragmentPolicy fragments = FragmentPolicy::discard;
  // Sends protocol unreachable for unknown protocols (RFC 1122 section 3.2.2.1).
  bool reports_unknown_protocols = true;
  // Offers timestamps in SYNs of its own.
  bool offers_timestamps = true;
  // Sends time exceeded if reassembly times out (RFC 1122 section 3.3.2).
  bool reports_lapsed_fragments = true;
  // Replies of TCP and ICMP errors copy the IP options of what they answer, as echo replies do.
  bool copies_ip_options = false;
  // Entries that a host adds to a recorded route: one, or another when the reply leaves.
  std::uint8_t route_entries = 1;
  // Sends parameter problem for malformed IP options (RFC 1122 section 3.2.2.5).
  bool reports_bad_options = false;
  // Resets have the type of service of the segment that they answer; ICMP errors keep four bits of
  // it beside their precedence.
  bool resets_keep_service = false, errors_keep_service = false;
  TcpQuirks tcp;
};

/// All that hosts with the same operating system share. Immutable.
struct Personality {
  std::string name;  // as in the fingerprint

  SynRules syn;
  std::array<SegmentRule, 8> segments;  // by ProbeKind; see segment()
  SegmentRule default_reset;            // to a SYN with at most an MSS at a closed port
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
  std::optional<ErrorAllowance> error_allowance;  // none: no limit is known
  bool no_route_is_host_unreachable =
      false;  // as a router without a route: host, not network, unreachable
  StackQuirks quirks;

  const SegmentRule& segment(ProbeKind kind) const {
    return segments[static_cast<std::size_t>(kind)];
  }
};

/// Compiles the behaviour of a host that Nmap identifies as `fingerprint`. If Nmap accepts several
/// values, it uses the most common one; if Nmap accepts any, that of the RFCs.
Personality compile_personality(const Fingerprint& fingerprint);

/// A plausible modern system of no vendor, for hosts without a personality.
Personality generic_personality();

}  // namespace apiary

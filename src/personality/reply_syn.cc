#include <algorithm>

#include "personality/path_mss.h"
#include "personality/reply.h"
#include "personality/segment_reply.h"

namespace apiary {
namespace {

using Outcome = SynObservation::Outcome;

constexpr std::uint16_t least_send_mss = 64;         // a smaller value would stall the connection
constexpr std::uint8_t max_shift = 14;               // RFC 7323 section 2.3
constexpr std::uint16_t default_window = 1024;       // the smallest window of real programs
constexpr std::uint16_t default_urgent_pointer = 1;  // of systems that set it, in reply to none

std::uint16_t window_for(const SynObservation& seen, const TcpOptions& options) {
  const std::uint16_t mss = options.mss.value_or(0);
  if (seen.window_per_mss == 0 || mss == seen.offered_mss) return seen.window;
  const std::uint32_t window = std::uint32_t{seen.window_per_mss} * (mss == 0 ? default_mss : mss);
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(window, 0xffff));
}

/// What a SYN with the options `theirs` and a SYN/ACK with `ours` negotiate. Both of TcpOptions and
/// AnsweredOptions hold the options of one side.
template <class Ours>
NegotiatedOptions negotiated_by(const TcpOptions& theirs, const Ours& ours) {
  NegotiatedOptions result;
  result.send_mss = std::max(theirs.mss.value_or(default_mss), least_send_mss);
  result.window_scaling = theirs.window_scale && ours.window_scale;
  if (result.window_scaling) {
    result.send_window_shift = std::min(*theirs.window_scale, max_shift);
    result.receive_window_shift = std::min(*ours.window_scale, max_shift);
  }
  result.timestamps = theirs.timestamps && ours.timestamps;
  result.sack = theirs.sack_permitted && ours.sack_permitted;
  return result;
}

const SynAnswers& answers_for(const SynRules& rules, bool has_tiny_window) {
  return has_tiny_window ? rules.to_tiny_windows : rules.to_usual_windows;
}

/// Flags of a reply that accepts a SYN, from those of the observed reply.
std::uint8_t accepting(int flags) {
  using namespace tcp_flag;
  return static_cast<std::uint8_t>((flags & (ece | cwr)) | tcp_flag::syn | ack);
}

TcpOptions options_of(const SynSummary& syn, std::uint32_t timestamp) {
  TcpOptions options;
  if (syn.has_mss) options.mss = static_cast<std::uint16_t>(syn.mss);
  if (syn.has_window_scale) options.window_scale = static_cast<std::uint8_t>(syn.window_scale);
  options.sack_permitted = syn.sack_permitted;
  if (syn.has_timestamps) options.timestamps = TcpTimestamps{timestamp, 0};
  return options;
}

/// Flags, window and options, which the summary and the personality determine.
SynAck reply_to(const Personality& personality, const SynSummary& syn, const TcpOptions& offered,
                std::uint32_t clock) {
  const SegmentRule& rule =
      personality.segment(syn.offers_ecn ? ProbeKind::ecn_syn : ProbeKind::syn);
  const SynObservation& seen = answers_for(personality.syn, syn.has_tiny_window)[syn.observation];
  SynAck answer;
  answer.reply.flags =
      accepting(rule.flags | (rule.echoes_ece && syn.offers_ecn ? tcp_flag::ece : 0));
  if (rule.sets_reserved_bit) answer.reply.reserved = reserved_bit;
  if (rule.sets_urgent_pointer) answer.reply.urgent_pointer = default_urgent_pointer;
  answer.reply.window = window_for(seen, offered);
  const AnsweredOptions options = answer_options(seen, offered, personality.syn, clock);
  answer.reply.options = options.bytes;
  answer.negotiated = negotiated_by(offered, options);
  return answer;
}

/// Of a SYN whose reply is `reply`, by the observation at `position`; nothing if reply_to() makes
/// another one.
std::optional<SynSummary> summarize(const SegmentRule& rule, const TcpSegment& syn,
                                    const TcpOptions& offered, std::size_t position,
                                    bool has_tiny_window, const TcpReply& reply) {
  constexpr std::uint32_t max_offered_shift = 15;
  const int flags = rule.flags | (rule.echoes_ece && syn.offers_ecn() ? tcp_flag::ece : 0);
  if (reply.flags != accepting(flags) || offered.window_scale.value_or(0) > max_offered_shift ||
      (rule.sets_urgent_pointer && reply.urgent_pointer != default_urgent_pointer))
    return std::nullopt;
  return SynSummary{
      .mss = offered.mss.value_or(0),
      .window_scale = std::uint32_t{offered.window_scale.value_or(0)} & max_offered_shift,
      .observation = static_cast<std::uint32_t>(position) & 31,
      .has_mss = offered.mss.has_value(),
      .has_window_scale = offered.window_scale.has_value(),
      .sack_permitted = offered.sack_permitted,
      .has_timestamps = offered.timestamps.has_value(),
      .offers_ecn = syn.offers_ecn(),
      .has_tiny_window = has_tiny_window};
}

/// Refuses the SYN as the system does, if known, else as a closed port.
TcpReply refuse(const Personality& personality, StackState& stack, const TcpSegment& syn,
                ProbeKind kind, Instant now) {
  using namespace tcp_flag;
  const SegmentRule& rule = personality.segment(kind);
  if (kind == ProbeKind::syn && (rule.flags & rst) == 0)
    return reply_by(personality.segment(ProbeKind::t5), personality, stack, syn, now);
  TcpReply reply = reply_by(rule, personality, stack, syn, now);
  if ((reply.flags & rst) == 0) {
    reply.flags = static_cast<std::uint8_t>((reply.flags & ~tcp_flag::syn) | rst | ack);
    reply.sequence = {0};
  }
  return reply;
}

/// Accepts the SYN: sets the fields without which no connection opens.
void accept(TcpReply& reply, const Personality& personality, StackState& stack,
            const TcpSegment& syn, Instant now, const std::optional<Endpoints>& endpoints) {
  if ((reply.flags & tcp_flag::syn) == 0)
    reply.sequence = stack.draw_isn(personality.isn, now, endpoints);
  reply.flags = accepting(reply.flags);
  reply.acknowledgment = syn.sequence + 1;
}

}  // namespace

std::optional<SynAck> answer_syn(const Personality& personality, StackState& stack,
                                 const TcpSegment& syn, Instant now,
                                 const std::optional<Endpoints>& endpoints) {
  const ProbeKind kind = probe_kind(syn, PortState::open);
  const SegmentRule& rule = personality.segment(kind == ProbeKind::ecn_syn ? kind : ProbeKind::syn);
  if (kind == ProbeKind::ecn_syn && !rule.answers) return std::nullopt;

  const SynRules& rules = personality.syn;
  // ECE without CWR offers no ECN; only scanners send it.
  const bool offers_half = syn.has(tcp_flag::ece) && !syn.offers_ecn();
  const TcpOptions offered = parse_tcp_options(syn.options);
  constexpr unsigned mss_bit = OfferedOptions{.mss = true}.bits();
  const bool offers_little = (offered_options(offered).bits() & ~mss_bit) == 0;
  const bool is_usual = (syn.window >= default_window || offers_little) && !offers_half;
  const SynAnswers& answers = answers_for(rules, !is_usual);
  const SynObservation& seen =
      answers.nearest(offered_options(offered), offered.mss.value_or(0), syn.window);
  if (seen.outcome == Outcome::silence) return std::nullopt;
  const bool refuses = seen.outcome == Outcome::reset;
  if (seen.sequence != SequenceRule::own)
    stack.restart_isn({seen.sequence == SequenceRule::zero ? 0 : syn.acknowledgment.value}, now);

  SynAck answer;
  TcpReply& reply = answer.reply;
  reply = refuses ? refuse(personality, stack, syn, kind, now)
                  : reply_by(rule, personality, stack, syn, now, endpoints);
  // Odd flags in T1 are only known to hold for the first reply.
  const bool is_odd = (rule.flags & tcp_flag::syn) == 0;
  const bool is_first = &seen == &rules.to_tiny_windows.front();
  if (!refuses && (is_usual || (rule.flags & tcp_flag::rst) != 0 ||
                   (is_odd && !is_first && !rules.answers_alike)))
    accept(reply, personality, stack, syn, now, endpoints);
  const std::uint32_t offset = refuses
                                   ? 0
                                   : stack.draw_timestamp_offset(personality.timestamps, now,
                                                                 endpoints.value_or(Endpoints{}));
  reply.window = window_for(seen, offered);
  const AnsweredOptions options =
      answer_options(seen, offered, rules, stack.timestamp(personality.timestamps, now) + offset);
  reply.options = options.bytes;
  // Refusals must not use IP IDs of the sequence that accepted SYNs show.
  const IpIdRules& ids = personality.ip_ids;
  if (!refuses || !ids.reset_shares_tcp)
    reply.ip.identification = refuses ? stack.draw_reset_id(ids, now) : stack.draw_tcp_id(ids, now);
  if (refuses) return answer;
  answer.negotiated = negotiated_by(offered, options);
  answer.negotiated.timestamp_offset = offset;
  if (offered.timestamps) answer.visitor_timestamp = offered.timestamps->value;
  answer.summary = summarize(rule, syn, offered, answers.position_of(seen), !is_usual, reply);
  return answer;
}

SynAck repeat_syn_ack(const Personality& personality, const StackState& stack,
                      const SynSummary& summary, std::uint32_t visitor_timestamp,
                      std::uint32_t timestamp_offset, Instant now) {
  SynAck answer = reply_to(personality, summary, options_of(summary, visitor_timestamp),
                           stack.timestamp(personality.timestamps, now) + timestamp_offset);
  answer.negotiated.timestamp_offset = timestamp_offset;
  answer.visitor_timestamp = visitor_timestamp;
  answer.summary = summary;
  return answer;
}

IpHeaderTraits shape_connection(const Personality& personality, StackState& stack, Instant now) {
  const SegmentRule& rule = personality.segment(ProbeKind::syn);
  return {.ttl = rule.ttl,
          .dont_fragment = rule.dont_fragment,
          .identification = stack.draw_tcp_id(personality.ip_ids, now)};
}

IpHeaderTraits shape_datagram(const Personality& personality, StackState& stack, Instant now) {
  const SegmentRule& rule = personality.segment(ProbeKind::syn);
  return {.ttl = rule.ttl,
          .dont_fragment = rule.dont_fragment,
          .identification = stack.draw_datagram_id(personality.ip_ids, now)};
}

std::uint32_t timestamp_value(const Personality& personality, const StackState& stack,
                              Instant now) {
  return stack.timestamp(personality.timestamps, now);
}

NegotiatedOptions negotiate(const TcpOptions& theirs, const TcpOptions& ours) {
  return negotiated_by(theirs, ours);
}

TcpReply open_connection(const Personality& personality, StackState& stack,
                         std::uint32_t timestamp_offset, Instant now) {
  constexpr std::uint16_t max_window = 65'535;
  constexpr std::uint8_t default_shift = 7;  // of systems that echo the offered one
  const SynRules& rules = personality.syn;
  TcpOptions offered{.mss = ethernet_mss, .window_scale = default_shift, .sack_permitted = true};
  const auto observation = [&]() -> const SynObservation& {
    return rules.to_usual_windows.nearest(offered_options(offered), ethernet_mss, max_window);
  };
  TcpReply syn{.flags = tcp_flag::syn};
  syn.window = window_for(observation(), offered);
  if (personality.quirks.offers_timestamps) offered.timestamps = TcpTimestamps{};
  syn.options = answer_options(observation(), offered, rules,
                               stack.timestamp(personality.timestamps, now) + timestamp_offset)
                    .bytes;
  syn.sequence = stack.draw_isn(personality.isn, now);
  return syn;
}

}  // namespace apiary

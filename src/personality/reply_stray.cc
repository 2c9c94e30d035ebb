#include "personality/reply.h"
#include "personality/segment_reply.h"

namespace apiary {
namespace {

/// The options of Nmap's T2 to T7.
constexpr LayoutOrigin stray_origin = {
    .offered = {.mss = true, .window_scale = true, .sack_permitted = true, .timestamps = true},
    .offered_mss = 265};

/// Whether a SYN has at most an MSS option, as those of port scanners.
bool is_plain(const TcpSegment& syn) {
  const TcpOptions options = parse_tcp_options(syn.options);
  return !options.window_scale && !options.sack_permitted && !options.timestamps;
}

/// Whether it is only a FIN of an unknown connection.
bool is_lone_fin(const TcpSegment& segment) {
  return segment.has(tcp_flag::fin) && !segment.has(tcp_flag::syn | tcp_flag::ack | tcp_flag::rst);
}

}  // namespace

std::optional<TcpReply> answer_stray(const Personality& personality, StackState& stack,
                                     const TcpSegment& segment, PortState port, Instant now) {
  if (segment.has(tcp_flag::rst)) return std::nullopt;
  if (port == PortState::open && is_lone_fin(segment)) {
    if (personality.lone_fin == LoneFinRule::silence) return std::nullopt;
    if (personality.lone_fin == LoneFinRule::reset) port = PortState::closed;
  }
  const ProbeKind kind = probe_kind(segment, port);
  const bool opens = kind == ProbeKind::syn || kind == ProbeKind::ecn_syn;
  // If the host cannot accept a SYN to an open port, it refuses it as a closed port would.
  const bool refuses = opens || kind == ProbeKind::t5;
  const SegmentRule& rule = refuses && is_plain(segment) ? personality.default_reset
                            : opens                      ? personality.segment(ProbeKind::t5)
                                                         : personality.segment(kind);
  if (!rule.answers) return std::nullopt;

  TcpReply reply = reply_by(rule, personality, stack, segment, now);
  reply.window = rule.window;
  reply.ip.identification = stack.draw_reset_id(personality.ip_ids, now);
  if (!rule.options.empty())
    reply.options = write_options(rule.options, stray_origin, parse_tcp_options(segment.options),
                                  personality.syn, timestamp_value(personality, stack, now));
  return reply;
}

}  // namespace apiary

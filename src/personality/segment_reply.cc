#include "personality/segment_reply.h"

#include <algorithm>

namespace apiary {
namespace {

constexpr std::uint64_t stray_sequence_trait = 0x101;  // of StackState::trait()

SeqNumber sequence_of(const SegmentRule& rule, const Personality& personality, StackState& stack,
                      const TcpSegment& segment, Instant now,
                      const std::optional<Endpoints>& endpoints) {
  switch (rule.sequence) {
    case SequenceRule::zero:
      return {0};
    case SequenceRule::acknowledgment:
      return segment.acknowledgment;
    case SequenceRule::acknowledgment_plus_one:
      return segment.acknowledgment + 1;
    case SequenceRule::own:
      break;
  }
  if ((rule.flags & tcp_flag::syn) != 0) return stack.draw_isn(personality.isn, now, endpoints);
  return {static_cast<std::uint32_t>(stack.trait(stray_sequence_trait))};
}

SeqNumber acknowledgment_of(const SegmentRule& rule, const TcpSegment& segment) {
  const SeqNumber end = segment.sequence + static_cast<std::uint32_t>(segment.payload.size());
  switch (rule.acknowledgment) {
    case AcknowledgmentRule::zero:
      return {0};
    case AcknowledgmentRule::sequence:
      return end;
    case AcknowledgmentRule::sequence_plus_one:
      return end + 1;
    case AcknowledgmentRule::other:
      return {~segment.sequence.value};
    case AcknowledgmentRule::end_of_segment:
      return segment.sequence + segment.length();
  }
  return end;
}

/// Whether the observed SYN offered this option and the current one does not.
bool is_uncalled_for(const OptionToken& token, const OfferedOptions& then,
                     const OfferedOptions& now) {
  switch (token.kind) {
    case tcp_option::window_scale:
      return then.window_scale && !now.window_scale;
    case tcp_option::sack_permitted:
      return then.sack_permitted && !now.sack_permitted;
    case tcp_option::timestamps:
      return then.timestamps && !now.timestamps;
    default:
      return false;
  }
}

/// Writes a layout in words of four bytes, so that removed options leave no wrong padding.
class OptionWriter {
 public:
  OptionWriter(const LayoutOrigin& origin, const TcpOptions& offered, const SynRules& rules,
               std::uint32_t clock)
      : origin_(origin),
        offered_(offered),
        calls_(offered_options(offered)),
        rules_(rules),
        clock_(clock) {}

  TcpOptionBytes write(const OptionLayout& layout) {
    const std::span<const OptionToken> tokens = layout;
    std::size_t start = 0, size = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      size += tcp_option_size_bytes(tokens[i].kind);
      if (size % 4 != 0) continue;
      write_group(tokens.subspan(start, i + 1 - start));
      start = i + 1;
    }
    return bytes_;
  }

 private:
  /// Writes a group of options that together fill whole words of four bytes.
  void write_group(std::span<const OptionToken> group) {
    const auto falls_out = [this](const OptionToken& token) {
      return is_uncalled_for(token, origin_.offered, calls_);
    };
    if (std::ranges::none_of(group, falls_out)) {
      for (const OptionToken& token : group) put(token);
      return;
    }
    std::size_t kept = 0;
    for (const OptionToken& token : group)
      if (!is_padding(token) && !falls_out(token)) kept += tcp_option_size_bytes(token.kind);
    const bool pads_behind = group.back().kind == tcp_option::end;
    const std::size_t padding = (4 - kept % 4) % 4;
    if (!pads_behind)
      for (std::size_t i = 0; i < padding; ++i) bytes_.put_nop();
    for (const OptionToken& token : group)
      if (!is_padding(token) && !falls_out(token)) put(token);
    if (pads_behind) bytes_.pad();
  }

  void put(const OptionToken& token) {
    switch (token.kind) {
      case tcp_option::end:
        return bytes_.put_end();
      case tcp_option::nop:
        return bytes_.put_nop();
      case tcp_option::mss:
        return bytes_.put_mss(mss(token));
      case tcp_option::window_scale:
        return bytes_.put_window_scale(shift(token));
      case tcp_option::sack_permitted:
        return bytes_.put_sack_permitted();
      default:
        break;
    }
    // Without a timestamp in the SYN, an echoed value would be garbage.
    const std::uint32_t echo = offered_.timestamps ? offered_.timestamps->value : clock_;
    bytes_.put_timestamps({token.shows_clock ? clock_ : 0, token.echoes ? echo : 0});
  }

  std::uint16_t mss(const OptionToken& token) const {
    const std::uint16_t offered = offered_.mss.value_or(0);
    if (!rules_.mss_follows_peer || offered == 0 || offered == origin_.offered_mss)
      return token.value;
    return std::min(rules_.own_mss, offered);
  }

  std::uint8_t shift(const OptionToken& token) const {
    if (rules_.shift_follows_peer && offered_.window_scale) return *offered_.window_scale;
    return static_cast<std::uint8_t>(token.value);
  }

  static bool is_padding(const OptionToken& token) { return token.kind <= tcp_option::nop; }

  const LayoutOrigin& origin_;
  const TcpOptions& offered_;
  const OfferedOptions calls_;
  const SynRules& rules_;
  const std::uint32_t clock_;
  TcpOptionBytes bytes_;
};

}  // namespace

TcpReply reply_by(const SegmentRule& rule, const Personality& personality, StackState& stack,
                  const TcpSegment& segment, Instant now,
                  const std::optional<Endpoints>& endpoints) {
  TcpReply reply;
  reply.ip.ttl = rule.ttl;
  reply.ip.dont_fragment = rule.dont_fragment;
  reply.sequence = sequence_of(rule, personality, stack, segment, now, endpoints);
  reply.acknowledgment = acknowledgment_of(rule, segment);
  reply.flags = rule.flags;
  if (rule.echoes_ece) reply.flags |= segment.flags & tcp_flag::ece;
  reply.reserved = rule.sets_reserved_bit ? reserved_bit : std::uint8_t{0};
  if (rule.sets_urgent_pointer)
    reply.urgent_pointer = std::max<std::uint16_t>(segment.urgent_pointer, 1);
  reply.payload = as_bytes(rule.payload);
  return reply;
}

TcpOptionBytes write_options(const OptionLayout& layout, const LayoutOrigin& origin,
                             const TcpOptions& offered, const SynRules& rules,
                             std::uint32_t clock) {
  return OptionWriter(origin, offered, rules, clock).write(layout);
}

namespace {

/// Sets the features that the written options negotiate.
void note_features(PreparedOptions& prepared) {
  const TcpOptions written = parse_tcp_options(prepared.bytes.bytes());
  prepared.sack_permitted = written.sack_permitted;
  prepared.timestamps = written.timestamps.has_value();
  prepared.window_scale = written.window_scale;
}

/// For a SYN with the options of the observed one.
PreparedOptions prepare_same(const SynObservation& seen) {
  PreparedOptions prepared;
  prepared.needs = 0;
  std::size_t at = 0;
  OfferedOptions needs;
  for (const OptionToken& token : seen.options) {
    if (token.kind == tcp_option::timestamps) {
      if (token.shows_clock) prepared.clock_at = static_cast<std::uint8_t>(at + 2);
      if (token.echoes) prepared.echo_at = static_cast<std::uint8_t>(at + 6);
    }
    at += tcp_option_size_bytes(token.kind);
    needs.window_scale |= token.kind == tcp_option::window_scale && seen.offered.window_scale;
    needs.sack_permitted |= token.kind == tcp_option::sack_permitted && seen.offered.sack_permitted;
    // Without a timestamp in the SYN, there is nothing to echo.
    needs.timestamps |= token.kind == tcp_option::timestamps;
  }
  prepared.needs = needs.bits();
  const LayoutOrigin origin{.offered = seen.offered, .offered_mss = seen.offered_mss};
  TcpOptions offered;
  if (seen.offered.mss) offered.mss = seen.offered_mss;
  if (seen.offered.window_scale) offered.window_scale = std::uint8_t{0};
  offered.sack_permitted = seen.offered.sack_permitted;
  if (seen.offered.timestamps) offered.timestamps = TcpTimestamps{};
  prepared.bytes = write_options(seen.options, origin, offered, SynRules{}, 0);
  note_features(prepared);
  return prepared;
}

/// For a SYN with an MSS at most.
PreparedOptions prepare_plain(const SynObservation& seen) {
  PreparedOptions prepared;
  prepared.bytes =
      write_options(seen.options, {.offered = seen.offered, .offered_mss = seen.offered_mss},
                    TcpOptions{}, SynRules{}, 0);
  note_features(prepared);
  if (!prepared.timestamps) prepared.needs = 0;  // else they show a clock
  return prepared;
}

}  // namespace

void prepare_options(SynObservation& seen) {
  seen.prepared = prepare_same(seen);
  seen.prepared_plain = prepare_plain(seen);
}

AnsweredOptions answer_options(const SynObservation& seen, const TcpOptions& offered,
                               const SynRules& rules, std::uint32_t clock) {
  constexpr unsigned mss_bit = OfferedOptions{.mss = true}.bits();
  const unsigned bits = offered_options(offered).bits();
  const PreparedOptions& prepared = (bits & ~mss_bit) == 0 ? seen.prepared_plain : seen.prepared;
  const bool follows = rules.mss_follows_peer || rules.shift_follows_peer;
  if (!follows && (prepared.needs & ~bits) == 0) {
    AnsweredOptions answer{prepared.bytes, prepared.sack_permitted, prepared.timestamps,
                           prepared.window_scale};
    if (prepared.clock_at != 0) answer.bytes.set_word(prepared.clock_at, clock);
    if (prepared.echo_at != 0) answer.bytes.set_word(prepared.echo_at, offered.timestamps->value);
    return answer;
  }
  AnsweredOptions answer;
  answer.bytes =
      write_options(seen.options, {.offered = seen.offered, .offered_mss = seen.offered_mss},
                    offered, rules, clock);
  const TcpOptions written = parse_tcp_options(answer.bytes.bytes());
  answer.sack_permitted = written.sack_permitted;
  answer.timestamps = written.timestamps.has_value();
  answer.window_scale = written.window_scale;
  return answer;
}

}  // namespace apiary

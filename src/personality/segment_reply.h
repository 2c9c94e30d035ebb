#pragma once

#include "personality/reply.h"

namespace apiary {

/// Makes `rule`'s answer to `segment`, with the IP header, the options and the window left to the
/// caller. Draws an ISN when the rule has SYN in its flags.
TcpReply reply_by(const SegmentRule& rule, const Personality& personality, StackState& stack,
                  const TcpSegment& segment, Instant now);

/// What a layout of options was an answer to.
struct LayoutOrigin {
  OfferedOptions offered;
  std::uint16_t offered_mss = 0;
};

/// Writes `layout`, which was seen in answer to `origin`, as the same system would in answer to
/// `offered`: without what that does not offer, and padded as before.
TcpOptionBytes write_options(const OptionLayout& layout, const LayoutOrigin& origin,
                             const TcpOptions& offered, const SynRules& rules, std::uint32_t clock);

/// `seen`'s options, written out.
PreparedOptions prepare_options(const SynObservation& seen);

/// The options that answer `offered`, derived from the most similar known answer `seen`, and the
/// features they agree to.
struct AnsweredOptions {
  TcpOptionBytes bytes;
  bool sack_permitted = false, timestamps = false;
  std::optional<std::uint8_t> window_scale;
};
AnsweredOptions answer_options(const SynObservation& seen, const TcpOptions& offered,
                               const SynRules& rules, std::uint32_t clock);

}  // namespace apiary

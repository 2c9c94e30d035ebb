#pragma once

#include "personality/reply.h"

namespace apiary {

/// The bit that some systems set in the reserved field (Nmap's Q=R).
inline constexpr std::uint8_t reserved_bit = 8;

/// Makes the reply of `rule` to `segment`. The caller sets the IP header, the options and the
/// window. Draws an ISN if the rule has the SYN flag; `endpoints` as for StackState::draw_isn().
TcpReply reply_by(const SegmentRule& rule, const Personality& personality, StackState& stack,
                  const TcpSegment& segment, Instant now,
                  const std::optional<Endpoints>& endpoints = {});

/// The options that an observed reply answered.
struct LayoutOrigin {
  OfferedOptions offered;
  std::uint16_t offered_mss = 0;
};

/// Writes `layout`, observed in reply to `origin`, as the same system would in reply to `offered`:
/// without options that it does not offer, and with the same padding.
TcpOptionBytes write_options(const OptionLayout& layout, const LayoutOrigin& origin,
                             const TcpOptions& offered, const SynRules& rules, std::uint32_t clock);

/// Encodes the options of `seen`: sets `prepared` and `prepared_plain`.
void prepare_options(SynObservation& seen);

/// The options in reply to `offered`, derived from the most similar observed reply `seen`, and the
/// features that they negotiate.
struct AnsweredOptions {
  TcpOptionBytes bytes;
  bool sack_permitted = false, timestamps = false;
  std::optional<std::uint8_t> window_scale;
};
AnsweredOptions answer_options(const SynObservation& seen, const TcpOptions& offered,
                               const SynRules& rules, std::uint32_t clock);

}  // namespace apiary

#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "personality/reply.h"

namespace apiary {

/// Expects that repeat_syn_ack() makes the same reply from what a half-open connection stores.
inline void expect_repeatable(const Personality& personality, const StackState& stack,
                              const SynAck& first, const TcpSegment& syn, Instant now) {
  const bool accepts = (first.reply.flags & tcp_flag::syn) != 0;
  EXPECT_TRUE(accepts || !first.summary);
  if (!first.summary) return;
  const auto timestamps = parse_tcp_options(syn.options).timestamps;
  const SynAck again =
      repeat_syn_ack(personality, stack, *first.summary, timestamps ? timestamps->value : 0,
                     first.negotiated.timestamp_offset, now);
  EXPECT_EQ(again.reply.flags, first.reply.flags);
  EXPECT_EQ(again.reply.reserved, first.reply.reserved);
  EXPECT_EQ(again.reply.window, first.reply.window);
  EXPECT_EQ(again.reply.urgent_pointer, first.reply.urgent_pointer);
  EXPECT_TRUE(std::ranges::equal(again.reply.options.bytes(), first.reply.options.bytes()));
  EXPECT_EQ(again.negotiated, first.negotiated);
}

}  // namespace apiary

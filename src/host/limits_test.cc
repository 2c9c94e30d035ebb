#include "host/limits.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(ShardLimits, TheTotalsOfShardsAreThoseOfTheDaemon) {
  const Limits all;
  constexpr std::size_t Limits::*totals[] = {&Limits::hosts,
                                             &Limits::connections,
                                             &Limits::half_open_connections,
                                             &Limits::unusual_half_open_connections,
                                             &Limits::tarpit_connections,
                                             &Limits::send_bytes,
                                             &Limits::out_of_order_bytes,
                                             &Limits::reassembly_bytes,
                                             &Limits::reassembly_datagrams,
                                             &Limits::packet_buffer_bytes,
                                             &Limits::udp_flows,
                                             &Limits::icmp_allowances};
  for (const std::size_t shards : {1, 2, 3, 64})
    for (const auto total : totals) {
      const std::size_t one = all.per_shard(shards).*total;
      EXPECT_LE(one * shards, all.*total);
      EXPECT_GT((one + 1) * shards, all.*total);
    }
}

TEST(ShardLimits, WhatIsOfAHostAVisitorOrALinkStays) {
  const Limits all, part = all.per_shard(8);
  constexpr std::size_t Limits::*sizes[] = {
      &Limits::send_buffer_bytes,   &Limits::max_send_buffer_bytes, &Limits::receive_buffer_bytes,
      &Limits::forwarded_visitors,  &Limits::visitor_systems,       &Limits::reply_accounts,
      &Limits::visitor_syns,        &Limits::arp_entries,           &Limits::neighbours,
      &Limits::broadcast_receivers, &Limits::broadcast_candidates};
  for (const auto size : sizes) EXPECT_EQ(part.*size, all.*size);
  constexpr double Limits::*rates[] = {&Limits::reply_factor, &Limits::icmp_errors_burst,
                                       &Limits::icmp_errors_per_second,
                                       &Limits::broadcasts_per_second};
  for (const auto rate : rates) EXPECT_EQ(part.*rate, all.*rate);
  constexpr double Limits::*budgets[] = {
      &Limits::reply_burst_bytes, &Limits::reply_bytes_per_second,
      &Limits::datagram_bytes_per_second, &Limits::broadcast_deliveries_per_second};
  for (const auto budget : budgets)
    EXPECT_DOUBLE_EQ(8 * part.*budget, all.*budget) << "a victim gets no more from eight shards";
  constexpr Duration Limits::*times[] = {
      &Limits::tarpit_idle_time,      &Limits::tarpit_opening_time, &Limits::idle_time,
      &Limits::stalled_time,          &Limits::reassembly_time,     &Limits::udp_idle_time,
      &Limits::udp_outbound_idle_time};
  for (const auto time : times) EXPECT_EQ(part.*time, all.*time);
  // A new limit must say above whether shards divide it.
  static_assert(sizeof(Limits) == 12 * sizeof(std::size_t) +
                                      sizeof sizes / sizeof *sizes * sizeof(std::size_t) +
                                      sizeof rates / sizeof *rates * sizeof(double) +
                                      sizeof budgets / sizeof *budgets * sizeof(double) +
                                      sizeof times / sizeof *times * sizeof(Duration));
}

TEST(ShardLimits, NoTableIsLeftWithoutRoom) {
  Limits few;
  few.udp_flows = 2;
  EXPECT_EQ(few.per_shard(8).udp_flows, 1U);
}

}  // namespace
}  // namespace apiary

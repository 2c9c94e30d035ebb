#include "tcp/transfer_state.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(TransferState, CountsWhatWaitsInTheTotalsAsLongAsItLives) {
  BufferTotals all{.to_send = 1'000, .out_of_order = 2'000};
  {
    TransferState one(all, SeqNumber{5}, Instant{});
    TransferState other(all, SeqNumber{5}, Instant{});
    one.send_queue.append(as_bytes("hello"));
    EXPECT_EQ(all.to_send, 1'000U) << "not counted yet";
    one.count();
    other.send_queue.append(as_bytes("abc"));
    other.count();
    EXPECT_EQ(all.to_send, 1'008U);
    one.send_queue.append(as_bytes("!"));
    one.count();
    one.count();
    EXPECT_EQ(all.to_send, 1'009U) << "the difference, once";
    one.send_queue.drop(6);
    one.count();
    EXPECT_EQ(all.to_send, 1'003U);
    one.out_of_order.store(SeqNumber{10}, as_bytes("late"));
    one.count();
    EXPECT_EQ(all.out_of_order, 2'000U + one.out_of_order.cost_bytes());
  }
  EXPECT_EQ(all.to_send, 1'000U);
  EXPECT_EQ(all.out_of_order, 2'000U);
}

}  // namespace
}  // namespace apiary

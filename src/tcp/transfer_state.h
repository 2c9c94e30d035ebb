#pragma once

#include "base/byte_queue.h"
#include "base/time.h"
#include "tcp/out_of_order.h"
#include "tcp/scoreboard.h"

namespace apiary {

/// Bytes that wait in all connections together: for visitors to take them, and for those before
/// them.
struct BufferTotals {
  std::size_t to_send = 0, out_of_order = 0;
};

/// What only a connection needs that has bytes on their way, or waits for some: an idle one does
/// without.
class TransferState {
 public:
  /// `next`: the number the next new byte will have.
  TransferState(BufferTotals& all, SeqNumber next, Instant now)
      : recovered_until(next),
        resend_next(next),
        resend_end(next),
        part_end(next),
        progress_at(now),
        all_(all) {}
  ~TransferState() {
    all_.to_send -= counted_.to_send;
    all_.out_of_order -= counted_.out_of_order;
  }
  TransferState(const TransferState&) = delete;
  TransferState& operator=(const TransferState&) = delete;

  /// Counts what is here now. To be called after the queues changed.
  void count() {
    const BufferTotals here{send_queue.size(), out_of_order.cost_bytes()};
    all_.to_send += here.to_send - counted_.to_send;
    all_.out_of_order += here.out_of_order - counted_.out_of_order;
    counted_ = here;
  }

  ByteQueue send_queue;  // from the first unacknowledged number on
  OutOfOrder out_of_order;
  Scoreboard scoreboard;              // empty unless the visitor acknowledges selectively
  SeqNumber recovered_until;          // what is missing before it was sent again in this recovery
  SeqNumber resend_next, resend_end;  // what is to be sent again after a time-out
  SeqNumber part_end;                 // where the last segment ends that was not a full one
  SeqNumber fin_at;
  bool fin_waits = false;  // a FIN came ahead of the bytes before it, at fin_at
  Instant progress_at;     // when the visitor took something last

 private:
  BufferTotals& all_;
  BufferTotals counted_;  // of this one, in all_
};

}  // namespace apiary

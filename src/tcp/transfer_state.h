#pragma once

#include "base/byte_queue.h"
#include "base/time.h"
#include "tcp/out_of_order.h"
#include "tcp/scoreboard.h"

namespace apiary {

/// Totals over all connections: bytes in send queues, and bytes received out of order.
struct BufferTotals {
  std::size_t to_send = 0, out_of_order = 0;
};

/// State that only a connection with unacknowledged or missing bytes needs. An idle one has none.
class TransferState {
 public:
  /// `next`: sequence number of the next new byte.
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

  /// Updates the totals. Call it after the queues changed.
  void count() {
    const BufferTotals here{send_queue.size(), out_of_order.cost_bytes()};
    all_.to_send += here.to_send - counted_.to_send;
    all_.out_of_order += here.out_of_order - counted_.out_of_order;
    counted_ = here;
  }

  ByteQueue send_queue;  // starts at SND.UNA
  OutOfOrder out_of_order;
  Scoreboard scoreboard;              // empty without SACK
  SeqNumber recovered_until;          // holes before it were retransmitted in this recovery
  SeqNumber resend_next, resend_end;  // to retransmit after a timeout
  SeqNumber part_end;                 // end of the last partial segment
  SeqNumber fin_at;
  SackBlock duplicate{};   // received again, to be reported (RFC 2883); empty: nothing
  bool fin_waits = false;  // a FIN arrived before earlier bytes, at fin_at
  Instant progress_at;     // last acknowledgment of new data

 private:
  BufferTotals& all_;
  BufferTotals counted_;  // counted in all_
};

}  // namespace apiary

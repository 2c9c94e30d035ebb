#pragma once

#include <algorithm>
#include <cstdint>

#include "base/numbers.h"

namespace apiary {

/// The congestion window: slow start, congestion avoidance, fast retransmit and recovery (RFC
/// 5681). Without SACK, recovery inflates the window for segments that have left the network, with
/// NewReno's partial acknowledgments (RFC 6582). With SACK, the caller counts what is in flight
/// (RFC 6675), and the window is only the bound.
class Congestion {
 public:
  static constexpr std::uint32_t duplicates_for_loss = 3;

  void begin(std::uint32_t mss, bool selective) {
    mss_ = mss;
    selective_ = selective;
    window_ = initial_segments * mss;
  }
  /// Nothing was in flight for longer than the retransmission timeout: restarts slow start (RFC
  /// 5681 section 4.1).
  void restart() { window_ = std::min(window_, initial_segments * mss_); }

  std::uint32_t window() const { return window_; }
  bool recovering() const { return recovering_; }

  /// `acked` new bytes are acknowledged, up to `una`. Returns whether another segment is known to
  /// be lost, so that the caller retransmits it.
  bool on_new_ack(std::uint32_t acked, SeqNumber una) {
    duplicates_ = 0;
    if (recovering_ && una.is_before(recover_)) {  // partial: the next hole
      if (selective_) return false;
      window_ -= std::min(window_, acked);
      window_ = std::max(window_ + mss_, mss_);
      return true;
    }
    if (recovering_) {
      recovering_ = false;
      window_ = threshold_;
    } else if (window_ < threshold_) {
      window_ += std::min(acked, mss_);
    } else {
      window_ += std::max<std::uint32_t>(
          1, static_cast<std::uint32_t>(std::uint64_t{mss_} * mss_ / window_));
    }
    window_ = std::min(window_, max_window);
    return false;
  }

  /// A duplicate acknowledgment arrived while `flight` bytes up to `next` are in flight. Returns
  /// whether the caller retransmits the first unacknowledged segment.
  bool on_duplicate_ack(std::uint32_t flight, SeqNumber next) {
    if (recovering_) {
      if (!selective_) window_ = std::min(window_ + mss_, max_window);
      return false;
    }
    if (++duplicates_ < duplicates_for_loss) return false;
    on_loss(flight, next);
    return true;
  }

  /// The visitor's ECE reports congestion (RFC 3168 section 6.1.2) while `flight` bytes up to
  /// `next` are in flight. Reacts once to all of them. Returns whether the window shrinks.
  bool on_echo(std::uint32_t flight, SeqNumber una, SeqNumber next) {
    if (recovering_ || (echoed_ && una.is_before(echo_until_))) return false;
    echoed_ = true;
    echo_until_ = next;
    window_ = threshold_ = std::max(flight / 2, 2 * mss_);
    return true;
  }

  /// A loss is certain while `flight` bytes up to `next` are in flight.
  void on_loss(std::uint32_t flight, SeqNumber next) {
    if (recovering_) return;
    threshold_ = std::max(flight / 2, 2 * mss_);
    window_ = threshold_ + (selective_ ? 0 : duplicates_for_loss * mss_);
    recover_ = next;
    recovering_ = true;
  }

  /// The retransmission timer has expired.
  void on_timeout(std::uint32_t flight) {
    threshold_ = std::max(flight / 2, 2 * mss_);
    window_ = mss_;
    recovering_ = false;
    duplicates_ = 0;
  }

 private:
  static constexpr std::uint32_t max_window = 1U << 30;
  static constexpr std::uint32_t initial_segments = 10;  // RFC 6928

  std::uint32_t mss_ = 536;
  std::uint32_t window_ = 0;
  std::uint32_t threshold_ = max_window;
  SeqNumber echo_until_;  // an ECE before this is acknowledged reports the same congestion
  SeqNumber recover_;     // recovery ends when this is acknowledged
  std::uint32_t duplicates_ = 0;
  bool recovering_ = false;
  bool selective_ = false;
  bool echoed_ = false;
};

}  // namespace apiary

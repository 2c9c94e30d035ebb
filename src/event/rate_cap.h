#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "event/event.h"

namespace apiary {

/// Passes at most `most` events of a kind in a second. Counts those beyond, and reports their
/// number.
class RateCap {
 public:
  using PendingEvents = std::vector<std::pair<Instant, EventBody>>;

  /// `name`, `description`: of the limit, as events::Limit has them.
  constexpr RateCap(std::string_view name, std::string_view description, std::size_t most)
      : name_(name), description_(description), most_(most) {}

  /// Whether one more may be told. Appends what an earlier second left out.
  bool take(Instant at, PendingEvents& pending) {
    if (at - began_ >= seconds{1}) begin(at, pending);
    if (++count_ <= most_) return true;
    ++left_out_;
    return false;
  }
  void on_time(Instant now, PendingEvents& pending) {
    // What waited for us may be older than now: it counts for the second that begins.
    if (left_out_ > 0 && now - began_ >= seconds{1}) begin(now, pending);
  }
  Instant next_due() const { return left_out_ > 0 ? began_ + seconds{1} : Instant::max(); }
  /// Appends what there is still to say.
  void finish(Instant now, PendingEvents& pending) { begin(now, pending); }

 private:
  void begin(Instant at, PendingEvents& pending) {
    began_ = at;
    count_ = 0;
    if (left_out_ == 0) return;
    total_ += left_out_;
    pending.emplace_back(at,
                         events::Limit{name_, description_, std::exchange(left_out_, 0), total_});
  }

  std::string_view name_, description_;
  std::size_t most_;
  Instant began_{};
  std::size_t count_ = 0;
  std::uint64_t left_out_ = 0, total_ = 0;
};

}  // namespace apiary

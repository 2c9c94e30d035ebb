#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "event/event.h"

namespace apiary {

/// Lets so many of a kind be told in a second. Those beyond are counted, and the count is told.
class PerSecond {
 public:
  using Told = std::vector<std::pair<Instant, EventBody>>;

  /// `name`: of the limit; static.
  constexpr PerSecond(std::string_view name, std::size_t most) : name_(name), most_(most) {}

  /// Whether one more may be told. Appends what an earlier second left out.
  bool take(Instant at, Told& told) {
    if (at - began_ >= seconds{1}) begin(at, told);
    if (++count_ <= most_) return true;
    ++left_out_;
    return false;
  }
  void on_time(Instant now, Told& told) {
    // What waited for us may be older than now: it counts for the second that begins.
    if (left_out_ > 0 && now - began_ >= seconds{1}) begin(now, told);
  }
  Instant next_due() const { return left_out_ > 0 ? began_ + seconds{1} : Instant::max(); }
  /// Appends what there is still to say.
  void finish(Instant now, Told& told) { begin(now, told); }

 private:
  void begin(Instant at, Told& told) {
    began_ = at;
    count_ = 0;
    if (left_out_ == 0) return;
    total_ += left_out_;
    told.emplace_back(at, events::Limit{name_, std::exchange(left_out_, 0), total_});
  }

  std::string_view name_;
  std::size_t most_;
  Instant began_{};
  std::size_t count_ = 0;
  std::uint64_t left_out_ = 0, total_ = 0;
};

}  // namespace apiary

// The timestamps of a host (RFC 7323).
#include <algorithm>
#include <utility>

#include "personality/personality.h"
#include "personality/stack_state.h"

namespace apiary {
namespace {

constexpr std::uint64_t timestamp_salt = 6;  // of hashes that offsets come from

}  // namespace

std::uint32_t StackState::timestamp_offset(const TimestampRule& rule,
                                           const Endpoints& endpoints) const {
  switch (rule.start) {
    case TimestampRule::Start::boot:
    case TimestampRule::Start::connection:
      return 0;
    case TimestampRule::Start::addresses:
      return static_cast<std::uint32_t>(mix_bits(host_hash_ ^ endpoints.visitor ^ timestamp_salt));
    case TimestampRule::Start::endpoints:
      return static_cast<std::uint32_t>(mix_bits(host_hash_ ^ endpoints.number() ^ timestamp_salt));
  }
  return 0;
}

std::uint32_t StackState::draw_timestamp_offset(const TimestampRule& rule, Instant now,
                                                const Endpoints& endpoints) {
  using Start = TimestampRule::Start;
  if (rule.start == Start::boot || rule.start == Start::addresses)
    return timestamp_offset(rule, endpoints);
  const std::uint32_t drawn = microseconds_of(now);
  const Duration elapsed = microseconds{drawn - std::exchange(offset_drawn_, drawn)};
  const bool is_in_series = elapsed >= min_interval && elapsed <= max_interval;
  if (!is_in_series || rule.series_growth_per_second == 0) {
    timestamp_offset_ = rule.start == Start::endpoints
                            ? timestamp_offset(rule, endpoints)
                            : static_cast<std::uint32_t>(noise(++draws_));
    return timestamp_offset_;
  }
  const std::uint64_t chance = noise(++draws_);
  const double varied = 1 + (static_cast<double>(chance & 0xffff) / 0x8000 - 1) / 16;
  constexpr double largest = 2'147'400'000;  // a larger step looks like one backwards
  const double growth = rule.series_growth_per_second * std::min(in_seconds(elapsed), 0.12);
  const auto step = static_cast<std::uint32_t>(std::min(growth * varied, largest));
  timestamp_offset_ = (chance >> 16 & 1) != 0 ? timestamp_offset_ - step : timestamp_offset_ + step;
  return timestamp_offset_;
}

std::uint32_t StackState::timestamp(const TimestampRule& rule, Instant now) const {
  const double seconds_per_nanosecond = 1e-9 + clock_skew() * 1e-9;
  const double ticks =
      static_cast<double>((now - booted_).count()) * seconds_per_nanosecond * rule.ticks_per_second;
  const auto value = static_cast<std::uint32_t>(static_cast<std::uint64_t>(ticks));
  return value == 0 ? 1 : value;  // 0 would mean that there is no clock
}

}  // namespace apiary

#include "personality/stack_state.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/big_endian.h"
#include "base/random.h"
#include "personality/ip_id_counter.h"
#include "personality/isn_series.h"
#include "personality/personality.h"

namespace apiary {
namespace {

// Salts for trait().
enum Trait : std::uint64_t {
  isn_trait = 1,
  tcp_id_trait,
  reset_id_trait,
  icmp_id_trait,
  noise_trait,
  boot_period_trait = 7,
  boot_phase_trait,
  skew_trait,
  datagram_id_trait,
};

constexpr double circle = 4294967296.0;  // the number of sequence numbers

// An IsnRule gives the steps for 100 ms.
constexpr double default_intervals_per_nanosecond = 1e-8;
constexpr std::uint8_t max_in_series = 8;
constexpr Duration id_tick = milliseconds{4};  // Linux, CONFIG_HZ of most distributions
constexpr Duration quiet_spell = milliseconds{250};

/// `value` modulo 2^32, whatever its size.
std::uint32_t wrapped(double value) {
  const double remainder = std::fmod(value, circle);
  return static_cast<std::uint32_t>(
      static_cast<std::int64_t>(remainder < 0 ? remainder + circle : remainder));
}

double seconds_since_epoch(Instant now) { return in_seconds(now.time_since_epoch()); }

/// The skew of a clock: within 50 parts per million.
double skew(std::uint64_t bits) { return (static_cast<double>(bits % 100001) - 50000) * 1e-9; }

/// Hosts reboot every few weeks or months, at times derived from their hash.
Instant last_boot(std::uint64_t period_bits, std::uint64_t phase_bits, Instant now) {
  constexpr Duration day = hours{24};
  const Duration period =
      20 * day + nanoseconds{static_cast<std::int64_t>(
                     period_bits % static_cast<std::uint64_t>((100 * day).count()))};
  const Duration phase{
      static_cast<std::int64_t>(phase_bits % static_cast<std::uint64_t>(period.count()))};
  const Duration uptime = (now.time_since_epoch() + phase) % period;
  return now - uptime - minutes{10};  // no host appears to boot just now
}

}  // namespace

StackState::StackState(const Personality& personality, std::uint64_t host_hash, Instant now)
    : host_hash_(host_hash),
      booted_(last_boot(trait(boot_period_trait), trait(boot_phase_trait), now)),
      isn_drawn_(now),
      ids_drawn_(microseconds_of(now)),
      offset_drawn_(ids_drawn_),
      isn_(static_cast<std::uint32_t>(trait(isn_trait)) +
           wrapped(personality.isn.rate_per_second * seconds_since_epoch(now))) {
  const IpIdRules& rules = personality.ip_ids;
  std::uint16_t tcp = first_id(rules.tcp, trait(tcp_id_trait));
  std::uint16_t icmp = first_id(rules.icmp, trait(icmp_id_trait));
  if (rules.icmp_starts_above || rules.icmp_starts_below)
    tcp = static_cast<std::uint16_t>(0x3000 + tcp % 0x2000);
  if (rules.icmp_starts_above) icmp = static_cast<std::uint16_t>(0xa000 + icmp % 0x2000);
  if (rules.icmp_starts_below) icmp %= 0x1000;
  ids_ = {counter_for(rules.tcp, tcp),
          counter_for(rules.reset, first_id(rules.reset, trait(reset_id_trait))),
          counter_for(rules.icmp, icmp)};
}

std::uint64_t StackState::trait(std::uint64_t salt) const {
  return mix_bits(host_hash_ ^ mix_bits(salt));
}

double StackState::clock_skew() const { return skew(trait(skew_trait)); }

std::uint64_t StackState::noise(std::uint32_t draw) const {
  return mix_bits(host_hash_ ^ std::uint64_t{draw} << 32 ^ noise_trait);
}

void StackState::restart_isn(SeqNumber isn, Instant now) {
  isn_ = isn.value;
  isn_drawn_ = now;
  isn_restarted_ = true;
}

/// Whether a draw is one that Nmap may measure, and then its place in an IsnSeries, from 1. Nmap
/// sends each SYN from another port.
std::uint8_t StackState::place_in_series(Duration elapsed, bool is_another) {
  if (elapsed < min_interval || elapsed > max_interval || !is_another) {
    isns_in_series_ = 0;
    return 0;
  }
  if (isns_in_series_ > max_in_series) return 0;
  if (isns_in_series_ == 0) isn_series_ = ++draws_;
  ++isns_in_series_;
  return isns_in_series_ <= max_in_series ? isns_in_series_ : std::uint8_t{0};
}

/// A step by a rule that is noisy, for about a tenth of a second.
std::uint32_t StackState::isn_step(const IsnRule& rule, std::uint8_t place) {
  if (place == 0) {
    Random random(noise(++draws_));
    return draw_isn_step(rule, random);
  }
  IsnSeries series(rule, noise(isn_series_));
  for (int i = 1; i < place; ++i) series.next();
  return series.next();
}

SeqNumber StackState::draw_isn(const IsnRule& rule, Instant now,
                               const std::optional<Endpoints>& endpoints) {
  if (rule.kind == IsnRule::Kind::constant) return {static_cast<std::uint32_t>(trait(isn_trait))};
  if (isn_restarted_) {
    isn_restarted_ = false;
    return {isn_};
  }
  if (!rule.noisy) return draw_steady_isn(rule, now);
  const Duration elapsed = now - isn_drawn_;
  // A number that grows with time has not grown yet.
  if (elapsed <= Duration::zero() && rule.kind != IsnRule::Kind::random) return {isn_};

  double ratio = static_cast<double>(elapsed.count()) * default_intervals_per_nanosecond;
  const bool is_usual = ratio > 0.95 && ratio < 1.05;
  const std::uint8_t before =
      std::exchange(isn_endpoints_, endpoints ? endpoints->some_bits() : std::uint8_t{0});
  const std::uint8_t place = place_in_series(elapsed, !endpoints || before != isn_endpoints_);
  if (place == 0 && endpoints && rule.tick_nanoseconds != 0) {
    const std::int64_t ticks = now.time_since_epoch().count() / rule.tick_nanoseconds;
    draws_ += 2;  // as a step does
    isn_drawn_ = now;
    isn_ = static_cast<std::uint32_t>(trait(isn_trait ^ mix_bits(endpoints->number()))) +
           static_cast<std::uint32_t>(ticks);
    return {isn_};
  }
  std::uint64_t step = isn_step(rule, place);
  if (rule.kind == IsnRule::Kind::random) {
    // Time does not matter, but for Nmap, which divides by it.
    const double scaled = static_cast<double>(step) * ratio;
    if (place > 0 && !is_usual && scaled * rule.divisor < max_isn_step)
      step = static_cast<std::uint64_t>(scaled);
  } else if (!is_usual) {
    step = static_cast<std::uint64_t>(std::fmod(static_cast<double>(step) * ratio + 0.5, circle));
    if (step == 0) return {isn_};  // too early: keeps the elapsed time for the next draw
  }
  const auto distance = static_cast<std::uint32_t>(step * rule.divisor);
  const bool backwards = rule.kind == IsnRule::Kind::random && (noise(++draws_) & 1) != 0;
  isn_ = backwards ? isn_ - distance : isn_ + distance;
  isn_drawn_ = now;
  return {isn_};
}

/// Repeats the five steps of its rule.
SeqNumber StackState::draw_steady_isn(const IsnRule& rule, Instant now) {
  const Duration elapsed = now - isn_drawn_;
  if (elapsed <= Duration::zero()) return {isn_};
  const double quotient = rule.quotients[isn_phase_];
  double ratio = static_cast<double>(elapsed.count()) * default_intervals_per_nanosecond;
  if (rule.kind != IsnRule::Kind::time_driven && ratio > 0.95 && ratio < 1.05) ratio = 1;
  const bool is_random = rule.kind == IsnRule::Kind::random;
  if (is_random) {  // time does not matter, but for Nmap, which divides by it
    const bool in_series = elapsed >= min_interval && elapsed <= max_interval;
    ratio = in_series ? std::min(ratio, max_isn_step / (quotient * rule.divisor + 1)) : 1;
  }
  const double wanted = quotient * ratio + 0.5;
  const auto scaled =
      static_cast<std::uint64_t>(wanted < circle ? wanted : std::fmod(wanted, circle));
  if (scaled == 0 && quotient > 0)
    return {isn_};  // too early: keeps the elapsed time for the next draw
  const auto distance = static_cast<std::uint32_t>(scaled * rule.divisor);
  isn_ = is_random && (noise(++draws_) & 1) != 0 ? isn_ - distance : isn_ + distance;
  isn_drawn_ = now;
  isn_phase_ = ((isn_phase_ + 1) % rule.quotients.size()) & 7;
  return {isn_};
}

std::uint16_t StackState::draw_tcp_id(const IpIdRules& rules, Instant now) {
  return draw_id(rules.tcp, tcp_counter, now);
}

std::uint16_t StackState::draw_reset_id(const IpIdRules& rules, Instant now) {
  return draw_id(rules.reset, rules.reset_shares_tcp ? tcp_counter : reset_counter, now);
}

std::uint16_t StackState::draw_icmp_id(const IpIdRules& rules, Instant now) {
  return draw_id(rules.icmp, rules.icmp_shares_tcp ? tcp_counter : icmp_counter, now);
}

std::uint16_t StackState::draw_datagram_id(const IpIdRules& rules, Instant now) {
  if (rules.icmp.kind != IpIdRule::Kind::by_time) return draw_tcp_id(rules, now);
  return static_cast<std::uint16_t>(draw_icmp_id(rules, now) + trait(datagram_id_trait));
}

std::uint16_t StackState::draw_id(const IpIdRule& rule, Counter counter, Instant now) {
  std::uint16_t& id = ids_[counter];
  // A counter that is about to wrap around does so between measurements: within one it would look
  // random.
  const std::uint32_t drawn = microseconds_of(now);
  const Duration elapsed = microseconds{drawn - ids_drawn_};
  const bool quiet = elapsed > quiet_spell;
  if (rule.kind != IpIdRule::Kind::zero) ids_drawn_ = drawn;
  const auto advance = [&id](std::uint64_t step) { id = static_cast<std::uint16_t>(id + step); };
  if (quiet && is_near_wrap(rule, id)) {
    if (rule.kind == IpIdRule::Kind::swapped)
      advance(0x100U - (id & 0xff));
    else
      id = 0;
  }
  switch (rule.kind) {
    case IpIdRule::Kind::zero:
      return 0;
    case IpIdRule::Kind::constant:
      return rule.value;
    case IpIdRule::Kind::incremental:
      advance(1);
      return id;
    case IpIdRule::Kind::swapped:
      advance(1);
      return byte_swapped(id);
    case IpIdRule::Kind::random_positive:
      advance(random_positive_step(noise(++draws_)));
      return id;
    case IpIdRule::Kind::random:
      advance(20001 + noise(++draws_) % 25000);
      return id;
    case IpIdRule::Kind::by_time: {
      const auto ticks = static_cast<std::uint64_t>(elapsed / id_tick);
      advance(1 + (ticks == 0 ? 0 : noise(++draws_) % ticks));
      return id;
    }
  }
  return id;
}

}  // namespace apiary

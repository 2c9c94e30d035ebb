#include "personality/stack_state.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/big_endian.h"
#include "base/random.h"
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
  offset_trait,
  boot_period_trait,
  boot_phase_trait,
  skew_trait,
};

constexpr double circle = 4294967296.0;  // the number of sequence numbers

// An IsnRule gives the steps for 100 ms.
constexpr double default_intervals_per_nanosecond = 1e-8;
constexpr Duration burst_interval = milliseconds{80}, pause = milliseconds{600};
// A peer that draws this many numbers at about that interval searches for a pattern.
constexpr std::uint8_t max_in_step = 12;
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

/// The first IP ID. Counters that grow fast start low, so that they do not wrap around soon.
std::uint16_t first_id(const IpIdRule& rule, std::uint64_t bits) {
  const bool is_fast =
      rule.kind == IpIdRule::Kind::random_positive || rule.kind == IpIdRule::Kind::swapped;
  return static_cast<std::uint16_t>(0x100 + bits % (is_fast ? 0x2000 : 0x8000));
}

/// The counter that shows `id`.
std::uint16_t counter_for(const IpIdRule& rule, std::uint16_t id) {
  return rule.kind == IpIdRule::Kind::swapped ? byte_swapped(id) : id;
}

/// Whether the next few steps of a counter would make it wrap around.
bool is_near_wrap(const IpIdRule& rule, std::uint16_t id) {
  switch (rule.kind) {
    case IpIdRule::Kind::random_positive:
      return id > 0xffff - 16 * 1400;
    case IpIdRule::Kind::swapped:
      return (id & 0xff) > 0xff - 16;
    case IpIdRule::Kind::incremental:
      return id > 0xffff - 64;
    default:
      return false;
  }
}

/// A step of RI: Nmap expects more than a thousand, and no multiple of 256.
std::uint16_t random_positive_step(std::uint64_t bits) {
  const auto step = static_cast<std::uint16_t>(1001 + bits % 400);
  return step % 256 == 0 ? static_cast<std::uint16_t>(step + 1) : step;
}

}  // namespace

StackState::StackState(const Personality& personality, std::uint64_t host_hash, Instant now)
    : host_hash_(host_hash),
      seconds_per_nanosecond_(1e-9 + skew(trait(skew_trait)) * 1e-9),
      booted_(last_boot(trait(boot_period_trait), trait(boot_phase_trait), now)),
      isn_drawn_(now),
      ids_drawn_(now),
      offset_drawn_(now),
      isn_(static_cast<std::uint32_t>(trait(isn_trait)) +
           wrapped(personality.isn.rate_per_second * seconds_since_epoch(now))),
      timestamp_offset_(
          static_cast<std::uint32_t>(trait(offset_trait)) +
          wrapped(personality.timestamps.offset_growth_per_second * seconds_since_epoch(now))) {
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

std::uint64_t StackState::noise() {
  return mix_bits(host_hash_ ^ std::uint64_t{++draws_} << 32 ^ noise_trait);
}

void StackState::restart_isn(SeqNumber isn, Instant now) {
  isn_ = isn.value;
  isn_drawn_ = now;
  isn_restarted_ = true;
}

double StackState::isn_quotient(const IsnRule& rule, Duration elapsed, std::uint64_t chance) {
  const bool in_step = elapsed >= burst_interval && elapsed <= pause;
  if (!in_step) isns_in_step_ = 0;
  if (isns_in_step_ < max_in_step) ++isns_in_step_;
  if (!rule.noisy) return rule.quotients[isn_phase_];
  // Vary each step by up to 1/64, so that the repetition is not recognised.
  const double varied = 1 + (static_cast<double>(chance & 0xffff) * 0x1p-15 - 1) * 0x1p-6;
  if (isns_in_step_ < max_in_step && elapsed <= pause) return rule.quotients[isn_phase_] * varied;
  // In a long series, take a value between two random steps, which keeps the mean.
  const double from = rule.quotients[(chance >> 20) % 5], to = rule.quotients[(chance >> 28) % 5];
  return (from + (to - from) * static_cast<double>(chance >> 36 & 0xffff) * 0x1p-16) * varied;
}

SeqNumber StackState::draw_isn(const IsnRule& rule, Instant now) {
  if (rule.kind == IsnRule::Kind::constant) return {static_cast<std::uint32_t>(trait(isn_trait))};
  if (std::exchange(isn_restarted_, false)) return {isn_};
  const Duration elapsed = now - isn_drawn_;
  if (elapsed <= Duration::zero()) return {isn_};

  const std::uint64_t chance = noise();
  const double quotient = isn_quotient(rule, elapsed, chance);
  double ratio = static_cast<double>(elapsed.count()) * default_intervals_per_nanosecond;
  if (rule.kind != IsnRule::Kind::time_driven && ratio > 0.95 && ratio < 1.05) ratio = 1;
  // For random steps, the time since the last number does not matter.
  if (rule.kind == IsnRule::Kind::random)
    ratio = elapsed < burst_interval || elapsed > pause
                ? 1
                : std::min(ratio, 0x7fffff00p0 / (quotient * rule.divisor + 1));

  const double wanted = quotient * ratio + 0.5;
  auto scaled = static_cast<std::uint64_t>(wanted < circle ? wanted : std::fmod(wanted, circle));
  if (scaled == 0 && quotient > 0)
    return {isn_};  // too early: keeps the elapsed time for the next draw
  // One step in five shares no small divisor with the others. A clock keeps its steps.
  const bool is_clock = rule.kind == IsnRule::Kind::time_driven;
  if (!is_clock && rule.noisy && isn_phase_ == 0 && scaled > 4200) scaled -= scaled % 210 - 1;

  const auto step = static_cast<std::uint32_t>(scaled * rule.divisor);
  const bool backwards = rule.kind == IsnRule::Kind::random && (chance >> 16 & 1) != 0;
  isn_ = backwards ? isn_ - step : isn_ + step;
  isn_drawn_ = now;
  isn_phase_ = static_cast<std::uint8_t>((isn_phase_ + 1) % rule.quotients.size());
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

std::uint16_t StackState::draw_id(const IpIdRule& rule, Counter counter, Instant now) {
  std::uint16_t& id = ids_[counter];
  // A counter that is about to wrap around does so between measurements: within one it would look
  // random.
  const bool quiet = now - ids_drawn_ > quiet_spell;
  ids_drawn_ = now;
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
      advance(random_positive_step(noise()));
      return id;
    case IpIdRule::Kind::random:
      advance(20001 + noise() % 25000);
      return id;
  }
  return id;
}

std::uint32_t StackState::draw_timestamp_offset(const TimestampRule& rule, Instant now) {
  if (rule.offset_growth_per_second <= 0) return 0;
  const double interval =
      std::clamp(in_seconds(now - offset_drawn_), in_seconds(burst_interval), 0.12);
  const std::uint64_t chance = noise();
  const double varied = 1 + (static_cast<double>(chance & 0xffff) / 0x8000 - 1) / 16;
  const auto step =
      wrapped(std::min(rule.offset_growth_per_second * interval * varied, 2147400000.0));
  timestamp_offset_ = (chance >> 16 & 1) != 0 ? timestamp_offset_ - step : timestamp_offset_ + step;
  offset_drawn_ = now;
  return timestamp_offset_;
}

std::uint32_t StackState::timestamp(const TimestampRule& rule, Instant now) const {
  const double ticks = static_cast<double>((now - booted_).count()) * seconds_per_nanosecond_ *
                       rule.ticks_per_second;
  const auto value = static_cast<std::uint32_t>(static_cast<std::uint64_t>(ticks));
  return value == 0 ? 1 : value;  // 0 would mean that there is no clock
}

}  // namespace apiary

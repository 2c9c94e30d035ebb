#include "topology/channel.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace apiary {
namespace {

/// The delay of a packet in multiples of the spread; negative: early.
double deviation(Jitter::Shape shape, Random& rng) {
  switch (shape) {
    case Jitter::Shape::uniform:
      return 2 * rng.fraction() - 1;
    case Jitter::Shape::normal: {  // Box and Muller 1958
      const double radius = std::sqrt(-2 * std::log(1 - rng.fraction()));
      return radius * std::cos(2 * std::numbers::pi * rng.fraction());
    }
    case Jitter::Shape::pareto: {
      // Shape 3 has the mean 1.5 and the variance 0.75. The cut of the tail has no visible effect.
      constexpr double mean = 1.5, most = 20;
      const double drawn = std::pow(1 - rng.fraction(), -1.0 / 3) - mean;
      return std::min(drawn / std::sqrt(0.75), most);
    }
  }
  return 0;
}

}  // namespace

LinkOutcome Channel::cross(const LinkQuality& link, Instant at, std::size_t size_bytes) {
  Instant sent = at;
  if (link.bits_per_second != 0) {
    const Duration transmission = link.transmission_time(size_bytes);
    const Duration wait = wait_of(at, transmission);
    if (const auto loss = refuse(link, wait)) return {.at = at, .loss = loss, .copy_at = {}};
    occupy(at + wait, transmission);
    sent = at + wait + transmission;
  }
  if (loses(link)) return {.at = sent, .loss = LinkLoss::on_the_wire, .copy_at = {}};
  const bool is_doubled = rng_.happens(link.duplicate);
  LinkOutcome outcome{.at = sent + flight_time(link), .loss = {}, .copy_at = {}};
  if (is_doubled) outcome.copy_at = sent + flight_time(link);
  return outcome;
}

Duration Channel::wait_of(Instant at, Duration transmission) const {
  if (at + transmission <= busy_since_) return {};
  return std::max(busy_until_ - at, Duration{});
}

void Channel::occupy(Instant from, Duration transmission) {
  if (from < busy_since_) return;  // its transmission ended before
  if (from > busy_until_) busy_since_ = from;
  busy_until_ = from + transmission;
}

std::optional<LinkLoss> Channel::refuse(const LinkQuality& link, Duration wait) {
  if (wait > link.max_queue()) return LinkLoss::queue_full;
  if (!link.early_drop || wait <= link.early_drop->from) return {};
  const auto& [from, to] = *link.early_drop;
  const double share =
      static_cast<double>((wait - from).count()) / static_cast<double>((to - from).count());
  return rng_.happens({share}) ? std::optional(LinkLoss::early_drop) : std::nullopt;
}

bool Channel::loses(const LinkQuality& link) {
  if (!link.burst_loss) return rng_.happens(link.loss);
  const BurstLoss& burst = *link.burst_loss;
  const bool is_lost = rng_.happens(in_burst_ ? burst.loss_when_bad : burst.loss_when_good);
  if (rng_.happens(in_burst_ ? burst.to_good : burst.to_bad)) in_burst_ = !in_burst_;
  return is_lost;
}

Duration Channel::flight_time(const LinkQuality& link) {
  if (rng_.happens(link.reorder)) return {};
  if (link.jitter.spread == Duration{}) return link.latency;
  const double late = deviation(link.jitter.shape, rng_);
  const Duration time =
      link.latency + Duration{std::llround(late * static_cast<double>(link.jitter.spread.count()))};
  return std::max(time, Duration{});
}

}  // namespace apiary

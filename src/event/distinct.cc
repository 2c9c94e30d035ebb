#include "event/distinct.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace apiary {

std::string_view to_string(Distinct::How how) {
  switch (how) {
    case Distinct::How::exact:
      return "exact";
    case Distinct::How::estimate:
      return "estimate";
    case Distinct::How::at_least:
      return "at_least";
  }
  return "unknown";
}

bool DistinctCounter::add(std::uint64_t hash, Places& places) {
  if (registers_ != nullptr) return note_in_registers(hash);
  const auto at = std::ranges::lower_bound(hashes_, hash);
  if (at != hashes_.end() && *at == hash) return false;
  if (hashes_.size() >= max_without_place && !has_place_) {
    is_short_ = is_short_ || places.left == 0;
    if (is_short_) return false;
    --places.left;
    has_place_ = true;
  }
  if (hashes_.size() < max_exact) {
    hashes_.insert(at, hash);
    return true;
  }
  registers_ = std::make_unique<Registers>();
  for (const std::uint64_t known : std::exchange(hashes_, {})) note_in_registers(known);
  return note_in_registers(hash);
}

bool DistinctCounter::note_in_registers(std::uint64_t hash) {
  std::uint8_t& longest = (*registers_)[hash >> (64 - index_bits)];
  const std::uint64_t rest = hash << index_bits | std::uint64_t{1} << (index_bits - 1);
  const auto rank = static_cast<std::uint8_t>(std::countl_zero(rest) + 1);
  if (rank <= longest) return false;
  longest = rank;
  return true;
}

std::uint64_t DistinctCounter::estimate() const {
  const double count = static_cast<double>(registers_->size());
  double sum = 0;
  std::size_t empty = 0;
  for (const std::uint8_t longest : *registers_) {
    sum += std::ldexp(1.0, -longest);
    empty += longest == 0;
  }
  const double raw = 0.7213 / (1 + 1.079 / count) * count * count / sum;
  // Few items leave registers empty, and counting those is more exact (linear counting).
  const bool few = raw <= 2.5 * count && empty > 0;
  const double best = few ? count * std::log(count / static_cast<double>(empty)) : raw;
  return std::max<std::uint64_t>(static_cast<std::uint64_t>(std::llround(best)), max_exact + 1);
}

Distinct DistinctCounter::value() const {
  if (registers_ != nullptr) return {estimate(), Distinct::How::estimate};
  return {hashes_.size(), is_short_ ? Distinct::How::at_least : Distinct::How::exact};
}

void DistinctCounter::release(Places& places) {
  if (has_place_) ++places.left;
  *this = {};
}

}  // namespace apiary

#include "base/source_shares.h"

#include <utility>

namespace apiary {
SourceShares::Slot::Slot(Slot&& other) noexcept
    : shares_(std::exchange(other.shares_, nullptr)), source_(other.source_) {}

SourceShares::Slot& SourceShares::Slot::operator=(Slot&& other) noexcept {
  std::swap(shares_, other.shares_);
  std::swap(source_, other.source_);
  return *this;
}

SourceShares::Slot::~Slot() {
  if (shares_ == nullptr) return;
  shares_->hosts_.remove(source_);
  shares_->networks_.remove(source_aggregate(source_));
}

tl::expected<SourceShares::Slot, SourceShares::Exhausted> SourceShares::take(
    const IpAddress& source) {
  if (of_host(source) >= limits_.per_host) return tl::unexpected(Exhausted::host);
  if (of_network(source) >= limits_.per_network) return tl::unexpected(Exhausted::network);
  hosts_.add(source);
  networks_.add(source_aggregate(source));
  return Slot(*this, source);
}

std::size_t SourceShares::of_host(const IpAddress& source) const { return hosts_.of(source); }

std::size_t SourceShares::of_network(const IpAddress& source) const {
  return networks_.of(source_aggregate(source));
}

}  // namespace apiary

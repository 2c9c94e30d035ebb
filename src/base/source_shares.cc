#include "base/source_shares.h"

#include <algorithm>
#include <utility>

namespace apiary {

SourceShares::Place::Place(Place&& other) noexcept
    : shares_(std::exchange(other.shares_, nullptr)), source_(other.source_) {}

SourceShares::Place& SourceShares::Place::operator=(Place&& other) noexcept {
  std::swap(shares_, other.shares_);
  std::swap(source_, other.source_);
  return *this;
}

SourceShares::Place::~Place() {
  if (shares_ == nullptr) return;
  drop(shares_->hosts_, source_);
  drop(shares_->networks_, network_of(source_));
}

tl::expected<SourceShares::Place, SourceShares::Exhausted> SourceShares::take(
    const IpAddress& source) {
  if (of_host(source) >= limits_.per_host) return tl::unexpected(Exhausted::host);
  if (of_network(source) >= limits_.per_network) return tl::unexpected(Exhausted::network);
  ++hosts_[source];
  ++networks_[network_of(source)];
  return Place(*this, source);
}

std::size_t SourceShares::of_host(const IpAddress& source) const {
  return count_in(hosts_, source);
}

std::size_t SourceShares::of_network(const IpAddress& source) const {
  return count_in(networks_, network_of(source));
}

IpAddress SourceShares::network_of(const IpAddress& source) {
  std::array<std::uint8_t, 16> bytes = source.bytes();
  std::fill(bytes.begin() + (source.is_v4() ? 15 : 8), bytes.end(), std::uint8_t{0});
  return IpAddress::from_bytes(bytes);
}

std::size_t SourceShares::count_in(const Counts& counts, const IpAddress& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

void SourceShares::drop(Counts& counts, const IpAddress& key) {
  const auto found = counts.find(key);
  if (--found->second == 0) counts.erase(found);
}

}  // namespace apiary

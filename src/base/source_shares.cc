#include "base/source_shares.h"

#include <utility>

namespace apiary {
namespace {

template <class Counts>
std::size_t count_in(const Counts& counts, const typename Counts::key_type& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

template <class Counts>
void drop(Counts& counts, const typename Counts::key_type& key) {
  const auto found = counts.find(key);
  if (--found->second == 0) counts.erase(found);
}

}  // namespace

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
  drop(shares_->networks_, source_aggregate(source_));
}

tl::expected<SourceShares::Place, SourceShares::Exhausted> SourceShares::take(
    const IpAddress& source) {
  if (of_host(source) >= limits_.per_host) return tl::unexpected(Exhausted::host);
  if (of_network(source) >= limits_.per_network) return tl::unexpected(Exhausted::network);
  ++hosts_[source];
  ++networks_[source_aggregate(source)];
  return Place(*this, source);
}

std::size_t SourceShares::of_host(const IpAddress& source) const {
  return count_in(hosts_, source);
}

std::size_t SourceShares::of_network(const IpAddress& source) const {
  return count_in(networks_, source_aggregate(source));
}

}  // namespace apiary

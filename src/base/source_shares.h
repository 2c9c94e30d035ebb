#pragma once

#include <cstddef>
#include <cstdint>
#include <tl/expected.hpp>

#include "base/address.h"
#include "base/tally.h"

namespace apiary {

/// How many sessions a source may have at the same time.
struct ShareLimits {
  std::size_t per_host = 0;     // from one address
  std::size_t per_network = 0;  // from one network, as by source_aggregate()
};

/// Counts the open sessions of each source, so that one visitor cannot take all places. It must
/// outlive the places that it gives.
class SourceShares {
 public:
  /// The share of a source that is used up.
  enum class Exhausted : std::uint8_t { host, network };

  /// One open session; its destructor gives the place back.
  class Place {
   public:
    Place() = default;  ///< of nobody
    Place(Place&& other) noexcept;
    Place& operator=(Place&& other) noexcept;
    ~Place();

   private:
    friend class SourceShares;
    Place(SourceShares& shares, const IpAddress& source) : shares_(&shares), source_(source) {}

    SourceShares* shares_ = nullptr;
    IpAddress source_;
  };

  explicit SourceShares(const ShareLimits& limits) : limits_(limits) {}
  SourceShares(const SourceShares&) = delete;
  SourceShares& operator=(const SourceShares&) = delete;

  /// A place for a session with `source`, if its share is not used up.
  tl::expected<Place, Exhausted> take(const IpAddress& source);

  const ShareLimits& limits() const { return limits_; }
  std::size_t of_host(const IpAddress& source) const;
  std::size_t of_network(const IpAddress& source) const;

 private:
  ShareLimits limits_;
  Tally<IpAddress> hosts_;
  Tally<std::uint64_t> networks_;
};

}  // namespace apiary

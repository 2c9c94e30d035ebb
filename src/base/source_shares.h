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

/// Counts the open sessions of each source, so that one visitor cannot take all slots. It must
/// outlive the slots that it gives.
class SourceShares {
 public:
  /// The share of a source that is used up.
  enum class Exhausted : std::uint8_t { host, network };

  /// One open session; its destructor gives the slot back.
  class Slot {
   public:
    Slot() = default;  ///< of nobody
    Slot(Slot&& other) noexcept;
    Slot& operator=(Slot&& other) noexcept;
    ~Slot();

   private:
    friend class SourceShares;
    Slot(SourceShares& shares, const IpAddress& source) : shares_(&shares), source_(source) {}

    SourceShares* shares_ = nullptr;
    IpAddress source_;
  };

  explicit SourceShares(const ShareLimits& limits) : limits_(limits) {}
  SourceShares(const SourceShares&) = delete;
  SourceShares& operator=(const SourceShares&) = delete;

  /// A slot for a session with `source`, if its share is not used up.
  tl::expected<Slot, Exhausted> take(const IpAddress& source);

  const ShareLimits& limits() const { return limits_; }
  std::size_t of_host(const IpAddress& source) const;
  std::size_t of_network(const IpAddress& source) const;

 private:
  ShareLimits limits_;
  Tally<IpAddress> hosts_;
  Tally<std::uint64_t> networks_;
};

}  // namespace apiary

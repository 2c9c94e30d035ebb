#pragma once

#include "audit/prober.h"
#include "base/address_set.h"

namespace apiary {

struct Observations;

/// `apiary audit --live` refuses more.
inline constexpr std::uint64_t max_live_addresses = 256;

struct LiveAudit {
  std::size_t max_hosts = 16;
  Duration listening{}, clock_span{};
};

/// Finds the hosts at `targets` that answer, and asks at most `max_hosts` of them everything. Sends
/// packets to no other address.
Observations observe_live(Prober& prober, const AddressSet& targets, const LiveAudit& audit);

}  // namespace apiary

#pragma once

#include "base/token_bucket.h"
#include "host/amplification_limiter.h"
#include "host/icmp_rate_limiter.h"

namespace apiary {

/// Rate limits of hosts, so that attackers cannot use them against others: for replies to
/// unvalidated peers, ICMP errors, and answers to broadcasts.
struct ReplyLimits {
  ReplyLimits(const Limits& limits, const HashKey& hash_key)
      : amplification(limits, hash_key), icmp_errors(limits, hash_key) {}

  AmplificationLimiter amplification;
  IcmpRateLimiter icmp_errors;
  TokenBucket broadcasts;            // that are handled
  TokenBucket broadcast_deliveries;  // to the service of one host
};

}  // namespace apiary

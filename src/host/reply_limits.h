#pragma once

#include "base/token_bucket.h"
#include "host/amplification_limiter.h"
#include "host/icmp_rate_limiter.h"

namespace apiary {

/// How much hosts may say, so that nobody can use them against others: to unvalidated peers, in
/// ICMP errors, and to what was sent to all hosts of a link.
struct ReplyLimits {
  ReplyLimits(const Limits& limits, const HashKey& hash_key)
      : amplification(limits, hash_key), icmp_errors(limits, hash_key) {}

  AmplificationLimiter amplification;
  IcmpRateLimiter icmp_errors;
  TokenBucket broadcasts;            // that are looked at
  TokenBucket broadcast_deliveries;  // to the service of one host
};

}  // namespace apiary

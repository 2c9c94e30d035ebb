#pragma once

#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "base/table_use.h"
#include "base/token_bucket.h"
#include "host/limits.h"
#include "personality/personality.h"
#include "wire/icmp.h"

namespace apiary {

/// Limits the ICMP errors of each host as its system does: how many tokens, for which errors, and
/// whether for each visitor or for all (Linux: icmp_ratelimit, by destination) is part of the
/// personality, so the buckets are those of RateLimiter, but have the personality's rates. A limit
/// of our own applies to each host in any case; HostState has its tokens.
class IcmpRateLimiter {
 public:
  IcmpRateLimiter(const Limits& limits, const HashKey& hash_key)
      : limits_(limits), buckets_(limits.icmp_allowances, FlowHash{hash_key}) {}

  /// Whether `host` may now send `visitor` an error of that type; if so, takes a token. `all`: the
  /// tokens for all its errors.
  bool take(Instant now, const Personality& personality, const IpAddress& host,
            const IpAddress& visitor, IcmpType type, TokenBucket& all) {
    const auto& rule = personality.error_allowance;
    const bool is_limited =
        rule && (!rule->of_unreachables_alone || type == IcmpType::destination_unreachable);
    if (is_limited && !bucket_of(host, rule->for_each_visitor ? visitor : IpAddress{}, type)
                           .take(now, rule->burst, rule->per_second))
      return false;
    return all.take(now, limits_.icmp_errors_burst, limits_.icmp_errors_per_second);
  }

  /// Fetches what take() reads for this host and visitor into the processor's cache.
  void prefetch(const IpAddress& host, const IpAddress& visitor) const {
    for (const IpAddress& of : {IpAddress{}, visitor})
      buckets_.prefetch(key_of(host, of, IcmpType::destination_unreachable));
  }

  TableUse use() const { return use_of("icmp_allowances", buckets_); }

 private:
  static FlowKey key_of(const IpAddress& host, const IpAddress& visitor, IcmpType type) {
    return {{visitor, {}}, {host, Port{static_cast<std::uint16_t>(type)}}, IpProtocol::icmp};
  }
  TokenBucket& bucket_of(const IpAddress& host, const IpAddress& visitor, IcmpType type) {
    return buckets_.touch_or_insert(key_of(host, visitor, type));
  }

  const Limits& limits_;
  LruMap<FlowKey, TokenBucket, FlowHash> buckets_;
};

}  // namespace apiary

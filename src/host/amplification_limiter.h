#pragma once

#include <algorithm>
#include <cstdint>

#include "base/address.h"
#include "base/huge_page_vector.h"
#include "base/keyed_hash.h"
#include "base/prefetch.h"
#include "base/time.h"
#include "host/limits.h"

namespace apiary {

/// The bytes that unvalidated peers from one network (see source_aggregate()) may still receive.
/// Their addresses may be forged, and Apiary must not flood the real owners.
class AmplificationBudget {
 public:
  void note_received(Instant now, std::size_t bytes, const Limits& limits) {
    refill(now, limits);
    unvalidated_bytes_ = std::min(
        unvalidated_bytes_ + limits.reply_factor * static_cast<double>(bytes), max_bytes(limits));
  }

  /// Whether a segment of `bytes` may go to an unvalidated peer; if so, takes them from the budget.
  bool take_segment(Instant now, std::size_t bytes, const Limits& limits) {
    refill(now, limits);
    return take(unvalidated_bytes_, bytes);
  }
  /// The same for a UDP or ICMP datagram. Apiary never validates peers over UDP.
  bool take_datagram(Instant now, std::size_t bytes, const Limits& limits) {
    refill(now, limits);
    if (static_cast<double>(bytes) > datagram_bytes_ || !take(unvalidated_bytes_, bytes))
      return false;
    return take(datagram_bytes_, bytes);
  }

 private:
  friend class AmplificationLimiter;

  /// The most that a budget can hold: enough to answer a large datagram when all its fragments are
  /// there.
  static double max_bytes(const Limits& limits) {
    return limits.reply_burst_bytes + 65'536 * limits.reply_factor;
  }
  static bool take(double& allowance, std::size_t bytes) {
    if (allowance < static_cast<double>(bytes)) return false;
    allowance -= static_cast<double>(bytes);
    return true;
  }
  void refill(Instant now, const Limits& limits) {
    if (now == last_) return;
    const double passed = std::max(in_seconds(now - last_), 0.0);
    last_ = now;
    if (unvalidated_bytes_ < limits.reply_burst_bytes)
      unvalidated_bytes_ = std::min(unvalidated_bytes_ + passed * limits.reply_bytes_per_second,
                                    limits.reply_burst_bytes);
    datagram_bytes_ = std::min(datagram_bytes_ + passed * limits.datagram_bytes_per_second,
                               limits.datagram_bytes_per_second);
  }

  std::uint64_t network_ = 0;  // a source_aggregate()
  Instant last_{};
  double unvalidated_bytes_ = 0, datagram_bytes_ = 0;
};

/// The budgets of a shard, in a table of fixed size.
class AmplificationLimiter {
 public:
  AmplificationLimiter(const Limits& limits, const HashKey& hash_key)
      : hash_key_(hash_key), accounts_(limits.reply_accounts) {}

  /// The budget of the network of `address`. Valid as long as this object.
  AmplificationBudget& of(const IpAddress& address) {
    const std::uint64_t network = source_aggregate(address);
    if (last_ != nullptr && last_->network_ == network) return *last_;
    AmplificationBudget& account = accounts_[slot_of(network)];
    if (account.network_ != network) account = AmplificationBudget{};
    account.network_ = network;
    last_ = &account;
    return account;
  }
  /// Fetches the budget of the network of `address` into the processor's cache.
  void prefetch(const IpAddress& address) const {
    apiary::prefetch(accounts_[slot_of(source_aggregate(address))]);
  }

 private:
  std::size_t slot_of(std::uint64_t network) const {
    const std::uint64_t hash = mix_bits(hash_key_.low ^ mix_bits(hash_key_.high ^ network));
    return (hash >> 32) * accounts_.size() >> 32;
  }

  HashKey hash_key_;
  HugePageVector<AmplificationBudget> accounts_;  // fewer than 2^32
  AmplificationBudget* last_ = nullptr;           // that of() returned
};

}  // namespace apiary

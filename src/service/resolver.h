#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

struct event_base;

namespace apiary {

/// Finds the IPv4 addresses of host names (/etc/hosts, then DNS) without blocking. Caches addresses
/// for a minute, and sends one query for a name that several sessions need.
class Resolver {
 public:
  /// Receives the address in host order, or nothing if there is none.
  using Waiter = std::function<void(std::optional<std::uint32_t>)>;

  explicit Resolver(event_base* events);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Calls `waiter` once, possibly before it returns; not if `waiter` has expired.
  void resolve(const std::string& host, const std::shared_ptr<Waiter>& waiter);

 private:
  class Cache;
  struct Lookup;

  event_base* events_;
  std::shared_ptr<Cache> cache_;  // shared with pending lookups, which may outlive us
};

}  // namespace apiary

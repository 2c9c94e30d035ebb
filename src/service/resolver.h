#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

struct event_base;

namespace apiary {

/// Finds the IPv4 addresses of host names (/etc/hosts, then DNS) without blocking. Answers are kept
/// for a minute, and a name that many ask for is looked up once.
class Resolver {
 public:
  /// Told the address in host order, or nothing when there is none.
  using Waiter = std::function<void(std::optional<std::uint32_t>)>;

  explicit Resolver(event_base* events);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Calls `waiter` once, perhaps at once, unless it is gone by then.
  void resolve(const std::string& host, const std::shared_ptr<Waiter>& waiter);

 private:
  class Cache;
  struct Lookup;

  event_base* events_;
  std::shared_ptr<Cache> cache_;  // shared with lookups under way, which may outlive us
};

}  // namespace apiary

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "base/source_shares.h"
#include "base/token_bucket.h"
#include "sandbox/egress_gate.h"
#include "service/service_limits.h"
#include "session/session.h"

namespace apiary {

class ServerProcess;

/// The connections that servers of subsystems begin, until the engine has opened them or failed.
class EgressRequests {
 public:
  struct Request {
    ServerProcess* server = nullptr;  // null: it has ended
    OutboundRequest outbound;
    SourceShares::Slot slot{};  // of the host, for as long as the connection is open
  };

  explicit EgressRequests(const EgressLimits& limits)
      : limits_(limits),
        shares_({.per_host = limits.per_host, .per_network = limits.sessions}),
        rate_(limits.burst, limits.per_second) {}

  /// Asks the engine for a connection of `server`, if the limits allow it. `open`: connections of
  /// all servers. Error: the limit, for people.
  tl::expected<void, std::string> add(Instant now, ServerProcess& server,
                                      const OutboundRequest& outbound,
                                      std::shared_ptr<const ServiceSpec> subsystem,
                                      std::size_t open);
  /// The request that the engine answers; nothing if there is none.
  std::optional<Request> take(std::uint64_t number);
  /// `server` has ended. Its requests still count until the engine's answer.
  void forget(const ServerProcess& server);

  /// The requests of add() since the last call.
  std::vector<ConnectRequest> take_new() { return std::exchange(new_, {}); }

 private:
  EgressLimits limits_;
  SourceShares shares_;
  RateLimiter rate_;
  std::map<std::uint64_t, Request> requests_;
  std::uint64_t last_number_ = 0;
  std::vector<ConnectRequest> new_;
};

}  // namespace apiary

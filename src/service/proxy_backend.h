#pragma once

#include "service/own_connections.h"
#include "service/resolver.h"
#include "service/service_backend.h"
#include "service/service_limits.h"

namespace apiary {

/// Forwards conversations to other machines, over one connection each.
class ProxyBackend final : public ServiceBackend {
 public:
  /// Records the connections in `own_connections`, which must outlive the backend.
  ProxyBackend(const SessionContext& context, const ProxyLimits& limits,
               OwnConnections& own_connections)
      : context_(context),
        limits_(limits),
        own_connections_(own_connections),
        shares_(limits.per_source),
        resolver_(context.events) {}

  bool serves(const ServiceSpec& service) const override {
    return std::holds_alternative<Proxy>(service);
  }
  tl::expected<std::unique_ptr<Session>, Refusal> open(const OpenSession& open,
                                                       NoteLimiter notes) override;

 private:
  SessionContext context_;
  ProxyLimits limits_;
  OwnConnections& own_connections_;
  SourceShares shares_;
  Resolver resolver_;
};

}  // namespace apiary

#pragma once

#include "service/resolver.h"
#include "service/service_backend.h"
#include "service/service_limits.h"

namespace apiary {

/// Forwards conversations to other machines, over one connection each.
class ProxyBackend final : public ServiceBackend {
 public:
  ProxyBackend(const SessionContext& context, const ProxyLimits& limits)
      : context_(context), limits_(limits), resolver_(context.events) {}

  bool serves(const ServiceSpec& service) const override {
    return std::holds_alternative<Proxy>(service);
  }
  tl::expected<std::unique_ptr<Session>, Refusal> open(const OpenSession& open,
                                                       NoteLimiter notes) override;

 private:
  SessionContext context_;
  ProxyLimits limits_;
  Resolver resolver_;
};

}  // namespace apiary

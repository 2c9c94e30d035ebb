#pragma once

#include "service/service_backend.h"

namespace apiary {

/// Runs the services that are built in. They cost no process and no descriptor: the engine's bound
/// on conversations is theirs.
class BuiltInBackend final : public ServiceBackend {
 public:
  explicit BuiltInBackend(Inbox& inbox) : inbox_(inbox) {}

  bool serves(const ServiceSpec& service) const override {
    return std::holds_alternative<BuiltIn>(service);
  }
  tl::expected<std::unique_ptr<Session>, Refusal> open(const OpenSession& open,
                                                       NoteLimiter notes) override;

 private:
  Inbox& inbox_;
};

}  // namespace apiary

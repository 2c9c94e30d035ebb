#pragma once

#include "service/service_backend.h"

namespace apiary {

/// Runs the built-in services. They use no process and no descriptor, so the engine's limit on
/// conversations is the only one.
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

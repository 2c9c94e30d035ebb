#pragma once

#include "service/program_shares.h"
#include "service/service_backend.h"
#include "service/service_limits.h"
#include "service/spawner_link.h"

namespace apiary {

/// Runs programs, one process per conversation.
class ScriptBackend final : public ServiceBackend {
 public:
  /// `spawner` and `log` must outlive the backend.
  ScriptBackend(const SessionContext& context, SpawnerLink& spawner, const ScriptLimits& limits,
                ServiceLog& log)
      : context_(context), log_(log), limits_(limits), shares_(limits), spawner_(spawner) {}

  bool serves(const ServiceSpec& service) const override {
    return std::holds_alternative<Script>(service);
  }
  tl::expected<std::unique_ptr<Session>, Refusal> open(const OpenSession& open,
                                                       NoteLimiter notes) override;
  void show(const SandboxView& view) override;
  BackendUsage usage() const override {
    return {.sessions = session_count(), .processes = spawner_.process_count()};
  }

 private:
  SessionContext context_;
  ServiceLog& log_;
  ScriptLimits limits_;
  ProgramShares shares_;
  SpawnerLink& spawner_;
};

}  // namespace apiary

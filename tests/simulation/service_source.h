#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "engine/engine.h"

namespace apiary::simulation {

/// Services of all kinds; checks that the engine keeps its promises to them (session/session.h).
class ServiceSource {
 public:
  explicit ServiceSource(std::uint64_t seed) : random_(seed) {}

  /// Takes a command. Returns its fault, if any.
  std::optional<std::string> take(const ServiceCommand& command);
  /// Usually lets one of the services send something.
  void speak(Instant now, Engine& engine, Outbox& out);

  std::size_t open_sessions() const { return order_.size(); }

 private:
  struct Session {
    std::size_t allowance = 0, unconsumed = 0;
    bool input_ended = false;
    bool failed = false;  // reported by itself; it may be closed as well
  };
  std::optional<std::string> open(const OpenSession& open);
  void silence(SessionId id);

  Random random_;
  std::unordered_map<SessionId, Session> sessions_;
  std::vector<SessionId> order_;  // for a reproducible choice
  std::vector<std::uint8_t> text_ = std::vector<std::uint8_t>(4000, 'x');
};

}  // namespace apiary::simulation

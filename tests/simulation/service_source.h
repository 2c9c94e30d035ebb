#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "engine/engine.h"

namespace apiary::simulation {

/// Services of every temper, and whether the engine keeps its promises to them (session/session.h).
class ServiceSource {
 public:
  explicit ServiceSource(std::uint64_t seed) : random_(seed) {}

  /// Takes a command. Says what is wrong with it, if anything is.
  std::optional<std::string> take(const ServiceCommand& command);
  /// Lets one of the services say something, mostly.
  void speak(Instant now, Engine& engine, Outbox& out);

  std::size_t open_sessions() const { return order_.size(); }

 private:
  struct Session {
    std::size_t allowance = 0, unconsumed = 0;
    bool input_ended = false;
    bool failed = false;  // by its own word; whether it is closed as well is left open
  };
  std::optional<std::string> open(const OpenSession& open);
  void silence(SessionId id);

  Random random_;
  std::unordered_map<SessionId, Session> sessions_;
  std::vector<SessionId> order_;  // to choose from, the same way every time
  std::vector<std::uint8_t> text_ = std::vector<std::uint8_t>(4000, 'x');
};

}  // namespace apiary::simulation

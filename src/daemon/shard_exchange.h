#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/time.h"
#include "event/event.h"
#include "host/outbox.h"
#include "session/session.h"
#include "session/subsystems.h"
#include "telemetry/counters.h"

namespace apiary {

/// The messages that the services of a shard's hosts sent.
struct ServiceInput {
  std::span<const ServiceMessage> messages;
  std::span<const ConnectRequest> connects;       // that servers ask for
  std::shared_ptr<const ListeningPorts> ports{};  // of subsystems; null: unchanged
};

/// Gets what objects an engine has released, to destroy them where that may take time: see
/// Outbox::released.
using ReleaseObjects = std::function<void(std::vector<std::shared_ptr<const void>> objects)>;

/// Connects a shard with the services and the events of the daemon, turn by turn. The shard's
/// thread uses it.
class ShardExchange {
 public:
  virtual ~ShardExchange() = default;

  /// Whether it takes what packets cause. Otherwise the shard should receive none: services and
  /// events are behind.
  virtual bool has_room() const = 0;
  /// Whether there is input already.
  virtual bool has_input() = 0;
  /// The input since the last call, valid until hand_over().
  virtual ServiceInput take_input() = 0;
  /// Takes events, commands and released objects of a turn out of `out`, or leaves them there until
  /// the next turn. Clears the rest. `handled` are the messages that the turn has handled.
  virtual void hand_over(Instant now, Outbox& out, std::span<const ServiceMessage> handled,
                         const Counters& counters) = 0;
  /// When hand_over() has something to do even after a turn without events; Instant::max(): never.
  virtual Instant next_due() = 0;
  /// Emits an event of the daemon.
  virtual void emit(EventBody what) = 0;
};

}  // namespace apiary

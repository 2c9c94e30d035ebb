/// sink/: who is told. Each sink writes events for somebody: a file, a store, another machine, the
/// operator at a terminal. It does so on a thread of its own (SinkThread), behind a queue that may
/// fill up, but never makes the loop wait. What a sink cannot write now waits in the queue; only a
/// full queue loses events, and counts them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "base/time.h"
#include "event/event.h"
#include "posix/system_error.h"

namespace apiary {

/// Records of one or more batches, in the order in which they happened as far as is known.
using EventPointers = std::span<const Event* const>;

/// How far a sink got with what it was given.
struct WriteResult {
  std::size_t written = 0;               // events, from the first, that are safe now
  std::optional<SystemError> trouble{};  // why not all
};

/// How a sink is, apart from what it was given to write.
struct Upkeep {
  std::string notice{};                  // a sentence on what has just happened; empty: nothing has
  std::optional<SystemError> trouble{};  // what is wrong now; the same until it is mended
};

/// Everything but the constructor, name(), wants(), uses() and gathering_time() is called on the
/// sink's own thread.
class Sink {
 public:
  virtual ~Sink() = default;

  /// For the operator: "events to /var/log/apiary.jsonl".
  virtual const std::string& name() const = 0;
  /// The kinds it makes use of; it is given no others. Never changes.
  virtual EventKinds wants() const { return EventKinds::all().without({EventKind::packet}); }
  /// Whether it writes anything of `event`, which is of a wanted kind; it is given no others.
  /// Always the same for an event. From any thread.
  virtual bool uses(const Event& event) const {
    (void)event;
    return true;
  }
  /// How long events may wait for others to be written together with them. Never changes.
  virtual Duration gathering_time() const { return {}; }

  /// Writes events. What it does not report as written it is given again, from the first such
  /// event on and with perhaps more behind it, so it must leave no trace of that, or go on there.
  virtual WriteResult write(EventPointers events) = 0;

  /// Called every quarter of a second at least, and after every write(). `now` is the wall clock's.
  virtual Upkeep on_time(Instant now) {
    (void)now;
    return {};
  }
  /// The operator wants a new file begun. Returns why there was no need to; empty: it has begun, or
  /// there is no file. Errors: it cannot, and goes on with the present one.
  virtual tl::expected<std::string, SystemError> rotate(Instant now) {
    (void)now;
    return {};
  }
};

}  // namespace apiary

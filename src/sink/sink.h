/// sink/: where events go. Each sink writes events to one destination: a file, a store, another
/// machine, the operator's terminal. It runs on its own thread (SinkThread), behind a bounded
/// queue, so it never blocks the loop. Events that a sink cannot write now wait in the queue; a
/// full queue counts what it loses.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/time.h"
#include "event/event.h"
#include "posix/system_error.h"
#include "sink/sink_status.h"

namespace apiary {

/// Events of one or more batches, in the order in which they happened as far as is known.
using EventPointers = std::span<const Event* const>;

/// How many of the events a sink wrote.
struct WriteResult {
  std::size_t written = 0;               // the first `written` events are safe
  std::optional<SystemError> trouble{};  // why not all
};

/// The state of a sink apart from its last write().
struct Upkeep {
  std::string notice{};                  // a sentence on what has just happened; empty: nothing has
  std::optional<SystemError> trouble{};  // what is wrong now; the same error while it lasts
  std::string_view recovery = "can rotate again";  // what to report when `trouble` ends
  std::optional<SpoolUse> spool{};
  bool has_more = false;  // on_time() has more to do now
};

/// The sink's own thread calls everything but the constructor, name(), wants(), uses() and
/// gathering_time().
class Sink {
 public:
  virtual ~Sink() = default;

  /// For the operator: "events to /var/log/apiary.jsonl".
  virtual const std::string& name() const = 0;
  /// The kinds of events that write() gets. Never changes.
  virtual EventKinds wants() const { return EventKinds::all().without({EventKind::packet}); }
  /// Whether the sink writes something for `event`, which is of a wanted kind; if not, write() does
  /// not get it. The answer for an event never changes. Called from any thread.
  virtual bool uses(const Event& event) const {
    (void)event;
    return true;
  }
  /// How long an event may wait for others, so that one write() gets all of them. Never changes.
  virtual Duration gathering_time() const { return {}; }

  /// Writes events. The next call begins with the first event that the result does not count as
  /// written, and may have more events after it. So write() leaves no trace of that event, or
  /// continues where it stopped.
  virtual WriteResult write(EventPointers events) = 0;

  /// Called at least every 250 ms, and after every write(). `now` is the wall clock.
  virtual Upkeep on_time(Instant now) {
    (void)now;
    return {};
  }
  /// Starts a new file because the operator asks for one. Returns why that is not necessary; empty:
  /// it started one, or the sink has no file. Error: it failed, and the sink keeps the present
  /// file.
  virtual tl::expected<std::string, SystemError> rotate(Instant now) {
    (void)now;
    return {};
  }
};

}  // namespace apiary

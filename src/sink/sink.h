/// sink/: who is told. Each sink writes records for somebody: a file, a store, another machine, the
/// operator at a terminal. It does so on a thread of its own (SinkThread), behind a queue that may
/// fill up, but never makes the loop wait.
#pragma once

#include <span>
#include <string>
#include <tl/expected.hpp>

#include "base/time.h"
#include "posix/system_error.h"
#include "record/record.h"

namespace apiary {

/// Everything but the constructor and name() is called on the sink's own thread.
class Sink {
 public:
  virtual ~Sink() = default;

  /// For the operator: "events to /var/log/apiary.jsonl".
  virtual const std::string& name() const = 0;
  /// The kinds it makes use of. It may be given others, to be passed over. Never changes.
  virtual RecordKinds wants() const { return RecordKinds::all().without({RecordKind::packet}); }

  /// Takes records, in the order in which they happened as far as is known.
  /// Errors: none, or not all, of them were kept; the sink lives on and may be given more.
  virtual tl::expected<void, SystemError> consume(std::span<const Record> records) = 0;

  /// Called every quarter of a second at least, and after every consume(). `now` is the wall clock's.
  virtual tl::expected<void, SystemError> on_time(Instant now) {
    (void)now;
    return {};
  }
  /// The operator wants a new file begun.
  virtual tl::expected<void, SystemError> rotate(Instant now) {
    (void)now;
    return {};
  }
};

}  // namespace apiary

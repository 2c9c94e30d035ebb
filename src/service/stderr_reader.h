#pragma once

#include "posix/file_descriptor.h"
#include "service/inbox.h"
#include "service/note_limiter.h"
#include "service/note_text.h"

namespace apiary {

/// Turns what a process writes to its stderr into notes. It reads no faster than a bounded rate: a
/// process that writes more waits. `allowance_bytes`: each second, and what a pipe holds.
class StderrReader {
 public:
  StderrReader(event_base* events, Inbox& inbox, NoteLimiter& notes,
               std::size_t allowance_bytes = 65'536)
      : events_(events), inbox_(inbox), notes_(notes), allowance_bytes_(allowance_bytes) {}
  ~StderrReader() { finish(); }

  void open(FileDescriptor pipe);
  /// Reads what the pipe holds; more may follow.
  void catch_up();
  /// Reads what the pipe holds, and nothing after that.
  void finish();

 private:
  void on_readable(short);
  void on_allowance(short);
  bool read_some();  // false: nothing to read now, or the end

  event_base* events_;
  Inbox& inbox_;
  NoteLimiter& notes_;
  FileDescriptor pipe_;
  LoopEvent readable_, allowance_;  // the second: when it may read again
  std::size_t allowance_bytes_;
  std::size_t left_bytes_ = allowance_bytes_;
  LineSplitter lines_;
};

}  // namespace apiary

#pragma once

#include "posix/file_descriptor.h"
#include "service/inbox.h"
#include "service/note_limiter.h"
#include "service/note_text.h"

namespace apiary {

/// Turns what a process writes to its stderr into notes.
class StderrReader {
 public:
  StderrReader(event_base* events, Inbox& inbox, NoteLimiter& notes)
      : events_(events), inbox_(inbox), notes_(notes) {}
  ~StderrReader() { finish(); }

  void open(FileDescriptor pipe);
  /// Reads what the pipe holds; more may follow.
  void catch_up();
  /// Reads what the pipe holds, and nothing after that.
  void finish();

 private:
  void on_readable(short);
  bool read_some();  // false: nothing to read now, or the end

  event_base* events_;
  Inbox& inbox_;
  NoteLimiter& notes_;
  FileDescriptor pipe_;
  LoopEvent readable_;
  LineSplitter lines_;
};

}  // namespace apiary

#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <unordered_map>
#include <vector>

#include "service/loop_event.h"
#include "service/spawner.h"
#include "service/spawner_protocol.h"

namespace apiary {

/// The stdin, stdout and stderr of a process to be.
using ProcessStreams = std::array<FileDescriptor, 3>;

/// How a process ended.
struct ProcessExit {
  int wait_status = 0;
  bool was_asked = false;  // to end, before it had
};

/// Who is told how a process fares. Never called from within start(), end() or release().
class ProcessListener {
 public:
  virtual void on_process_started() = 0;
  virtual void on_process_failed(StartStep step, int number) = 0;  // nothing follows
  virtual void on_process_exited(const ProcessExit& exit) = 0;

 protected:
  ~ProcessListener() = default;
};

/// The daemon's end of the spawner. Requests that its socket does not take at once wait here, so
/// that nobody waits for it.
class SpawnerLink {
 public:
  /// `on_death` is called when the spawner has died: nothing can be started any more.
  SpawnerLink(event_base* events, Spawner spawner, std::function<void()> on_death);

  /// Starts a program; `listener` is told until release().
  ProcessNumber start(std::vector<std::string> arguments, std::vector<std::string> environment,
                      const ServicePrivileges& rights, ProcessStreams streams,
                      ProcessListener& listener);
  /// Ends the process and its group. Its listener hears how it exited, unless it has.
  void end(ProcessNumber process);
  /// The same, and its listener hears no more.
  void release(ProcessNumber process);

  /// Processes that were asked for and are not yet known to be gone.
  std::size_t process_count() const { return processes_.size(); }
  const std::string& directory() const { return spawner_.directory(); }

 private:
  struct Request {
    std::vector<std::uint8_t> packet;
    ProcessStreams streams;  // none for an EndRequest
    ProcessNumber process;
  };
  struct Process {
    ProcessListener* listener = nullptr;  // null after release()
    pid_t id = 0;                         // 0 until started
    bool is_ending = false;               // end() was called
  };

  void send(Request request);
  bool try_send(const Request& request);  // false: not now
  void on_writable(short);
  void on_readable(short);
  void on_reply(const SpawnerReply& reply);
  void on_failed(ProcessNumber process, StartStep step, int number);
  void on_unsendable(short);
  void on_dead_spawner();

  Spawner spawner_;
  std::function<void()> on_death_;
  std::unordered_map<std::uint64_t, Process> processes_;
  std::uint64_t last_number_ = 0;
  std::deque<Request> waiting_;
  std::vector<std::pair<ProcessNumber, int>> unsendable_;  // with the errno
  bool is_dead_ = false;
  LoopEvent readable_, writable_, unsendable_event_;
};

}  // namespace apiary

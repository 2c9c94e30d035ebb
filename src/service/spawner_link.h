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

/// The stdin, stdout and stderr for a new process.
using ProcessStreams = std::array<FileDescriptor, 3>;

/// How a process ended.
struct ProcessExit {
  int wait_status = 0;
  bool was_asked = false;  // the daemon had asked it to end
};

/// Receives what happens to a process. Never called from within start(), end() or release().
class ProcessListener {
 public:
  virtual void on_process_started() = 0;
  virtual void on_process_failed(StartStep step, int number) = 0;  // nothing follows
  virtual void on_process_exited(const ProcessExit& exit) = 0;

 protected:
  ~ProcessListener() = default;
};

/// The daemon's end of the spawner's socket. Requests that do not fit into the socket wait here, so
/// that the caller never blocks.
class SpawnerLink {
 public:
  /// Calls `on_death` if the spawner has died: nothing can be started any more.
  SpawnerLink(event_base* events, Spawner spawner, std::function<void()> on_death);

  /// Starts a program and reports to `listener` until release().
  ProcessNumber start(std::vector<std::string> arguments, std::vector<std::string> environment,
                      const ServicePrivileges& rights, ProcessStreams streams,
                      ProcessListener& listener);
  /// Ends the process and its group. The listener is still called when the process has exited.
  void end(ProcessNumber process);
  /// The same, but the listener is not called any more.
  void release(ProcessNumber process);

  /// Processes that were requested and have not been reported as gone.
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

#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sandbox/program_protocol.h"
#include "service/loop_event.h"
#include "service/spawner.h"
#include "session/service_note.h"

namespace apiary {

/// The stdin, stdout and stderr for a new process.
using ProcessStreams = std::array<FileDescriptor, 3>;

/// How a process ended.
struct ProcessExit {
  int wait_status = 0;
  bool was_asked = false;                   // to end, before it had
  ServiceLimit limit = ServiceLimit::none;  // that it was killed for
  std::optional<ServiceUse> used{};
};

/// The same for the log. A process that had closed its output was ending before the daemon asked it
/// to.
ServiceExit to_service_exit(const ProcessExit& exit, bool output_had_ended);

/// Why a process could not be started.
struct StartFailure {
  StartStep step = StartStep::program;
  int number = 0;           // errno
  std::string_view what{};  // was tried; empty: the step says it
};
std::string to_string(const StartFailure& failure);

/// Receives what happens to a process. Never called from within start(), end() or release().
class ProcessListener {
 public:
  virtual void on_process_started() = 0;
  virtual void on_process_failed(const StartFailure& failure) = 0;  // nothing follows
  virtual void on_process_attempted(const ServiceAttempt& attempt) = 0;
  /// A file; without a path, `bytes` is the number of files that are left out.
  virtual void on_process_left(const ServiceFile&) {}
  virtual void on_process_exited(const ProcessExit& exit) = 0;
  // Of a subsystem.
  virtual void on_port_change(const PortChange&) {}
  virtual void on_outbound_request(const OutboundRequest&) {}
  virtual void on_not_changed(const SystemError&) {}  // see SpawnerLink::change()
  /// Answers SpawnerLink::open_socket(). Error: why there is none.
  virtual void on_visitor_socket(std::uint64_t /*number*/,
                                 tl::expected<FileDescriptor, StartFailure> /*socket*/) {}

 protected:
  ~ProcessListener() = default;
};

/// The daemon's end of the spawner's socket. Requests that do not fit into the socket wait here, so
/// that the caller never blocks.
class SpawnerLink {
 public:
  /// Receives what happens to the spawner itself.
  struct Observer {
    std::function<void()> on_death;  // nothing can be started any more
    // Programs run without these namespaces, "network namespaces", from now on.
    std::function<void(std::string_view namespaces, std::string_view why)> on_uncontained;
  };

  SpawnerLink(event_base* events, Spawner spawner, Observer observer);

  /// Starts a program, and reports to `listener` until release(). The link sets the request's
  /// number.
  ProcessNumber start(ProgramRequest request, ProcessStreams streams, ProcessListener& listener);
  /// Asks for a visitor's socket in the network of a subsystem. Its listener gets it; nothing, if
  /// the process ends first. Returns the number of the request.
  std::uint64_t open_socket(ProcessNumber process, const VisitorSocketRequest& socket);
  /// Gives a subsystem that runs other limits and another egress list.
  void change(ProcessNumber process, const Subsystem& subsystem) {
    send({encode(ChangeRequest{process, subsystem.privileges, subsystem.egress}), {}, process});
  }
  /// Answers a request that is not granted, or whose conversation has ended. open_socket() grants
  /// one.
  void answer(ProcessNumber process, std::uint64_t request_number, OutboundAnswer answer) {
    send({encode(OutboundAnswerRequest{process, request_number, answer}), {}, process});
  }
  /// Sets what programs see from now on. Running ones are not affected. False: it has too many
  /// paths, and nothing changes.
  bool show(const SandboxView& view);
  /// Ends the process and its group. Reports how it exited, unless it has already.
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
    bool has_started = false;
    bool is_ending = false;  // end() was called
  };

  void send(Request request);
  bool try_send(const Request& request);  // false: not now
  void on_writable(short);
  void on_readable(short);
  void on_reply(const SpawnerReply& reply, FileDescriptor passed);
  void on_failed(ProcessNumber process, const StartFailure& failure);
  void on_unsendable(short);
  void on_dead_spawner();

  Spawner spawner_;
  Observer observer_;
  std::unordered_map<std::uint64_t, Process> processes_;
  std::uint64_t last_number_ = 0, last_socket_ = 0;
  std::deque<Request> waiting_;
  std::vector<std::pair<ProcessNumber, int>> unsendable_;  // with the errno
  bool is_dead_ = false;
  LoopEvent readable_, writable_, unsendable_event_;
};

}  // namespace apiary

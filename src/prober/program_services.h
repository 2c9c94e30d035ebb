#pragma once

#include <event2/event.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "audit/engine_prober.h"
#include "posix/file_descriptor.h"
#include "service/inbox.h"
#include "service/session.h"

namespace apiary {

/// Services for an audit in memory: the built-in ones and, if wanted, programs. A program runs as
/// this user, without a sandbox; the simulated clock waits for it.
class ProgramServices final : public AuditServices {
 public:
  /// `directory`: of the configuration. Programs are started only if `runs_programs`.
  ProgramServices(std::string directory, bool runs_programs);
  ~ProgramServices() override;
  ProgramServices(const ProgramServices&) = delete;
  ProgramServices& operator=(const ProgramServices&) = delete;

  void execute(const ServiceCommand& command, Instant now) override;
  void take(const std::function<void(const ServiceMessage&)>& give) override;

 private:
  struct AuditedProgram {
    FileDescriptor socket{};  // its stdin and stdout
    int process = 0;
    std::size_t allowance_bytes = 0;
    bool has_ended = false;
  };
  struct EventBaseDeleter {
    void operator()(event_base* events) const { event_base_free(events); }
  };

  void open(const OpenSession& opened);
  void start_program(const OpenSession& opened);
  void deliver(SessionId session, Bytes bytes);
  /// Reads what the program says, until it is quiet.
  void read(SessionId session, AuditedProgram& program);
  void close(SessionId session);

  std::string directory_;
  bool runs_programs_;
  std::unique_ptr<event_base, EventBaseDeleter> events_;
  Inbox inbox_;
  std::map<std::uint64_t, std::unique_ptr<Session>> built_in_;
  std::map<std::uint64_t, AuditedProgram> programs_;
};

}  // namespace apiary

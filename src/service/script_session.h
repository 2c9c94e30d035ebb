#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <tl/expected.hpp>

#include "posix/system_error.h"
#include "service/input_pump.h"
#include "service/note_limiter.h"
#include "service/output_pump.h"
#include "service/program_shares.h"
#include "service/session.h"
#include "service/spawner_link.h"
#include "service/stderr_reader.h"

namespace apiary {

/// A conversation with a process of its own. The process has a socket pair each for stdin and
/// stdout, so that each direction ends separately. Over UDP, each write to stdout is one datagram.
class ScriptSession final : public Session, InputListener, OutputListener, ProcessListener {
 public:
  ScriptSession(const SessionContext& context, SpawnerLink& spawner, const OpenSession& open,
                NoteLimiter notes, ProgramShares::Slot slot);
  ~ScriptSession() override;

  /// Requests the process. Errors: no descriptors left, no command.
  tl::expected<void, SystemError> start(const OpenSession& open);

  void deliver(Bytes bytes) override { input_.deliver(bytes); }
  void end_input() override { input_.end(); }
  void grant(std::size_t bytes) override { output_.grant(bytes); }
  bool close() override;
  void on_stop() override;

 private:
  void on_input_complete() override;
  void on_input_refused(int) override {}  // a process may ignore its input
  void on_output_end(int number) override;
  void on_output_limit() override;
  void on_process_started() override;
  void on_process_failed(const StartFailure& failure) override;
  void on_process_attempted(const ServiceAttempt& attempt) override { notes_.log(attempt); }
  void on_process_left(const ServiceFile& file) override { notes_.log(file); }
  void on_process_exited(const ProcessExit& exit) override;
  void release_when_done();

  Inbox& inbox_;
  SpawnerLink& spawner_;
  SessionId session_;
  bool is_udp_;
  std::uint64_t output_limit_bytes_;
  NoteLimiter notes_;
  std::optional<ProgramShares::Slot> slot_;  // until the process has exited
  FileDescriptor stdin_, stdout_;
  StderrReader stderr_;
  InputPump input_;
  OutputPump output_;
  ProcessNumber process_;  // 0: none, or released
  bool has_exited_ = false, output_ended_ = false, is_closed_ = false;
  bool sent_too_much_ = false;
};

}  // namespace apiary

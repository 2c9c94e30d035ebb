#include "service/script_session.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "sandbox/program_limits.h"
#include "service/script_command.h"

namespace apiary {
namespace {

struct FdPair {
  FileDescriptor ours, theirs;  // ours does not block
};

tl::expected<FdPair, SystemError> make_socket_pair(int type) {
  std::array<int, 2> pair{};
  if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return tl::unexpected(last_system_error("socketpair"));
  return FdPair{FileDescriptor(pair[0]),
                FileDescriptor(pair[1])};  // ours is used with MSG_DONTWAIT
}

tl::expected<FdPair, SystemError> make_pipe() {
  std::array<int, 2> pair{};
  if (pipe2(pair.data(), O_CLOEXEC) != 0) return tl::unexpected(last_system_error("pipe"));
  FdPair pipe{FileDescriptor(pair[0]), FileDescriptor(pair[1])};
  fcntl(pipe.ours.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

}  // namespace

ScriptSession::ScriptSession(const SessionContext& context, SpawnerLink& spawner,
                             const OpenSession& open, NoteLimiter notes, ProgramShares::Slot slot)
    : inbox_(context.inbox),
      spawner_(spawner),
      session_(open.session),
      is_udp_(open.flow.protocol == IpProtocol::udp),
      output_limit_bytes_(limits_of(open.privileges).output_bytes),
      notes_(std::move(notes)),
      slot_(std::move(slot)),
      stderr_(context.events, context.inbox, notes_),
      input_(context.events, context.inbox, open.session, *this),
      output_(context.events, context.inbox, open.session, open.output_allowance_bytes, *this) {}

ScriptSession::~ScriptSession() {
  stderr_.finish();
  if (process_.value != 0) spawner_.release(process_);
}

tl::expected<void, SystemError> ScriptSession::start(const OpenSession& open) {
  auto arguments = service_arguments(std::get<Script>(*open.service).command, open);
  if (arguments.empty()) return tl::unexpected(SystemError{"no command", EINVAL});
  auto input = make_socket_pair(SOCK_STREAM);
  if (!input) return tl::unexpected(input.error());
  auto output = make_socket_pair(is_udp_ ? SOCK_SEQPACKET : SOCK_STREAM);
  if (!output) return tl::unexpected(output.error());
  auto errors = make_pipe();
  if (!errors) return tl::unexpected(errors.error());

  process_ = spawner_.start(
      {.process = {},
       .arguments = std::move(arguments),
       .environment = service_environment(open, spawner_.directory()),
       .host_name = std::string(open.host_name),
       .privileges = open.privileges},
      {std::move(input->theirs), std::move(output->theirs), std::move(errors->theirs)}, *this);
  stdin_ = std::move(input->ours);
  stdout_ = std::move(output->ours);
  stderr_.open(std::move(errors->ours));
  input_.open(stdin_.get());
  return {};
}

void ScriptSession::on_input_complete() { shutdown(stdin_.get(), SHUT_WR); }

// Not earlier: a program that cannot be run closes its output, too.
void ScriptSession::on_process_started() {
  if (is_closed_) return;
  output_.open(stdout_.get(), is_udp_ ? OutputPump::Kind::messages : OutputPump::Kind::stream,
               output_limit_bytes_);
}

void ScriptSession::on_process_failed(const StartFailure& failure) {
  process_ = {};
  slot_.reset();
  input_.close();
  notes_.log(to_string(failure));
  is_closed_ ? inbox_.finished(session_) : inbox_.failed(session_);
}

void ScriptSession::on_output_end(int) {
  output_ended_ = true;
  stdout_.close();
  inbox_.ended(session_);
  release_when_done();
}

/// Ends the conversation in order, and the program. The note follows when it has ended.
void ScriptSession::on_output_limit() {
  sent_too_much_ = true;
  if (has_exited_)
    notes_.log(fmt::format("cut its output, as it {}", describe(ServiceLimit::output)));
  else
    spawner_.end(process_);
  on_output_end(0);
}

void ScriptSession::on_process_exited(const ProcessExit& exit) {
  has_exited_ = true;
  slot_.reset();
  stderr_.catch_up();  // log what it still wrote to stderr first
  ServiceExit how = to_service_exit(exit, output_ended_);
  if (sent_too_much_) {
    how.limit = ServiceLimit::output;
    how.by_daemon = false;  // an operator should look
  }
  notes_.log(how);
  release_when_done();
}

/// Keeps our ends of its sockets open until the process has ended: SIGTERM shall end it, not
/// SIGPIPE.
bool ScriptSession::close() {
  is_closed_ = true;
  input_.close();
  output_.close();
  stderr_.catch_up();
  if (process_.value == 0 || has_exited_) return true;
  shutdown(stdin_.get(), SHUT_WR);
  spawner_.end(process_);
  return false;
}

void ScriptSession::on_stop() {
  if (process_.value == 0 || has_exited_) return;
  stderr_.catch_up();
  notes_.log(ServiceExit{.signal = SIGKILL, .by_daemon = true});
}

/// Releases all resources before the engine closes the session, which a slow visitor can delay.
void ScriptSession::release_when_done() {
  if (!has_exited_ || (!output_ended_ && !is_closed_)) return;
  stderr_.finish();
  if (!is_closed_) input_.refuse(EPIPE);
  stdin_.close();
  spawner_.release(std::exchange(process_, {}));
  if (is_closed_) inbox_.finished(session_);
}

}  // namespace apiary

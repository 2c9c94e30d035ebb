#include "prober/program_services.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <array>

#include "base/overloaded.h"
#include "service/built_in_session.h"
#include "service/script_command.h"

namespace apiary {
namespace {

// Milliseconds: how long a program may think before it says something, and between two writes.
constexpr int thinking_time = 250, quiet_time = 40;

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

ProgramServices::ProgramServices(std::string directory, bool runs_programs)
    : directory_(std::move(directory)),
      runs_programs_(runs_programs),
      events_(event_base_new()),
      inbox_(events_.get()) {}

ProgramServices::~ProgramServices() {
  while (!programs_.empty()) close(SessionId{programs_.begin()->first});
}

void ProgramServices::execute(const ServiceCommand& command, Instant) {
  std::visit(
      overloaded{
          [&](const OpenSession& opened) { open(opened); },
          [&](const DeliverInput& input) { deliver(input.session, input.bytes); },
          [&](const EndInput& end) {
            if (const auto found = built_in_.find(end.session.value); found != built_in_.end())
              found->second->end_input();
            if (const auto found = programs_.find(end.session.value); found != programs_.end()) {
              shutdown(found->second.socket.get(), SHUT_WR);
              read(end.session, found->second);
            }
          },
          [&](const GrantOutput& grant) {
            if (const auto found = built_in_.find(grant.session.value); found != built_in_.end())
              found->second->grant(grant.bytes);
            if (const auto found = programs_.find(grant.session.value); found != programs_.end())
              found->second.allowance_bytes += grant.bytes;
          },
          [&](const CloseSession& closed) { close(closed.session); },
          [](const ConnectionFailed&) {},
      },
      command);
}

void ProgramServices::open(const OpenSession& opened) {
  if (std::holds_alternative<BuiltIn>(*opened.service)) {
    auto session = std::make_unique<BuiltInSession>(inbox_, opened);
    session->start();
    built_in_.emplace(opened.session.value, std::move(session));
  } else if (runs_programs_ && std::holds_alternative<Script>(*opened.service)) {
    start_program(opened);
  }
}

void ProgramServices::start_program(const OpenSession& opened) {
  auto words = service_arguments(std::get<Script>(*opened.service).command, opened);
  auto environment = service_environment(opened, directory_);
  std::array<int, 2> ends{};
  if (words.empty() || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return inbox_.failed(opened.session);
  AuditedProgram program{.socket = FileDescriptor(ends[0]),
                         .allowance_bytes = opened.output_allowance_bytes};
  const FileDescriptor theirs(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (!directory_.empty()) posix_spawn_file_actions_addchdir_np(&actions, directory_.c_str());
  posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const auto arguments = pointers_to(words), variables = pointers_to(environment);
  const int trouble = posix_spawnp(&program.process, words.front().c_str(), &actions, nullptr,
                                   arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  if (trouble != 0) return inbox_.failed(opened.session);
  const auto added = programs_.emplace(opened.session.value, std::move(program)).first;
  read(opened.session, added->second);
}

void ProgramServices::deliver(SessionId session, Bytes bytes) {
  if (const auto found = built_in_.find(session.value); found != built_in_.end())
    return found->second->deliver(bytes);
  inbox_.consumed(session, bytes.size());
  const auto found = programs_.find(session.value);
  if (found == programs_.end() || found->second.has_ended) return;
  (void)send(found->second.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  read(session, found->second);
}

void ProgramServices::read(SessionId session, AuditedProgram& program) {
  std::array<std::uint8_t, 16'384> buffer;
  int patience = thinking_time;
  while (!program.has_ended) {
    pollfd ready{program.socket.get(), POLLIN, 0};
    if (poll(&ready, 1, patience) <= 0) return;
    const ssize_t size = recv(program.socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size <= 0) {
      program.has_ended = true;
      return inbox_.ended(session);
    }
    const std::size_t count = std::min(static_cast<std::size_t>(size), program.allowance_bytes);
    program.allowance_bytes -= count;
    if (count > 0) inbox_.output(session, Bytes(buffer).first(count));
    patience = quiet_time;
  }
}

void ProgramServices::take(const std::function<void(const ServiceMessage&)>& give) {
  for (const ServiceMessage& message : inbox_.take()) give(message);
  (void)inbox_.take_failed();
  (void)inbox_.take_finished();
}

void ProgramServices::close(SessionId session) {
  built_in_.erase(session.value);
  inbox_.forget(session);
  const auto found = programs_.find(session.value);
  if (found == programs_.end()) return;
  found->second.socket.close();
  kill(found->second.process, SIGKILL);
  waitpid(found->second.process, nullptr, 0);
  programs_.erase(found);
}

}  // namespace apiary

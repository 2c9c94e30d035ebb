#include "service/spawner_process.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <span>
#include <utility>

#include "posix/pass_descriptors.h"

namespace apiary {
SpawnerProcess::SpawnerProcess(FileDescriptor socket, const SandboxView& view,
                               const SpawnerPolicy& policy, std::optional<ControlGroups> groups)
    : socket_(std::move(socket)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      view_(view),
      policy_(policy),
      groups_(std::move(groups)),
      packet_(spawner_request_limit_bytes) {
  watch(socket_.get(), about_daemon);
  watch(view_watch_.descriptor(), about_view);
  signal(SIGCHLD, SIG_IGN);  // the kernel reaps process 1 of each sandbox
}

void SpawnerProcess::run() {
  std::array<epoll_event, 64> events;
  for (bool daemon_lives = true; daemon_lives;) {
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                 wants_spare() ? 0 : -1);
    if (count == 0) {
      if (const auto made = make(Kind::program)) idle_.push_back(*made);
    }
    for (int i = 0; i < count; ++i) {
      const std::uint64_t about = events[static_cast<std::size_t>(i)].data.u64;
      const auto slot = static_cast<Slot>(about);
      if (about == about_daemon)
        daemon_lives = read_request();
      else if (about == about_view)
        on_files_changed();
      else if ((about & about_process) != 0)
        on_sandbox_end(slot);
      else
        on_reply(slot);
    }
  }
  end_all();
}

bool SpawnerProcess::read_request() {
  const auto bytes = std::as_writable_bytes(std::span(packet_));
  const auto [size, streams] = receive_with_descriptors(socket_.get(), bytes);
  if (size < 0) return errno == EINTR || errno == EAGAIN;
  if (size == 0) return false;

  has_served_ = true;
  const auto packet = std::span(packet_).first(static_cast<std::size_t>(size));
  const auto request = decode_request(packet);
  if (!request) return true;
  if (request->kind == RequestKind::view) {
    change_view(request->view);
  } else if (request->kind == RequestKind::end) {
    end(request->process, std::as_bytes(packet));
  } else if (request->kind == RequestKind::change) {
    change(*request, std::as_bytes(packet));
  } else if (request->kind == RequestKind::socket || request->kind == RequestKind::outbound) {
    pass_on(*request, std::as_bytes(packet));
  } else if (streams.size() == 3) {
    const std::array<int, 3> numbers{streams[0].get(), streams[1].get(), streams[2].get()};
    start(*request, std::as_bytes(packet), numbers);
  } else {  // the kernel leaves out what would exceed our limit of open descriptors
    fail(request->process, StartStep::request, {"", EMFILE});
  }
  return true;
}

void SpawnerProcess::start(const DecodedRequest& request, std::span<const std::byte> packet,
                           std::span<const int> streams) {
  const auto is_allowed = [this](const std::optional<std::uint32_t>& id) {
    return !id || std::ranges::find(policy_.allowed_users, *id) != policy_.allowed_users.end();
  };
  if (!is_allowed(request.privileges.user) || !is_allowed(request.privileges.group))
    return fail(request.process, StartStep::user, {"not allowed by --allow-uid", EPERM});
  // The sandbox of a server serves no other program.
  const auto slot = request.server.is_server ? make(Kind::server) : take();
  if (!slot) return fail(request.process, StartStep::sandbox, failure_);
  Used& used = slots_[*slot];
  if (send_with_descriptors(used.sandbox->socket(), packet, streams) < 0) {
    const int number = errno;
    drop(*slot);
    return fail(request.process, StartStep::sandbox, {"pass the request on", number});
  }
  used.runs = request.process;
  if (request.server.is_server) used.is_server = used.is_old = true;
  programs_[request.process.value] = {.slot = *slot};
}

void SpawnerProcess::end(ProcessNumber number, std::span<const std::byte> packet) {
  const auto found = programs_.find(number.value);
  if (found == programs_.end()) return;
  found->second.was_ended = true;
  if (!found->second.slot) return on_gone(number);
  restore_priority(*found->second.slot);
  send_with_descriptors(slots_[*found->second.slot].sandbox->socket(), packet, {});
}

/// Only we may raise the limits of processes, if anybody.
void SpawnerProcess::change(const DecodedRequest& request, std::span<const std::byte> packet) {
  const auto found = programs_.find(request.process.value);
  if (found == programs_.end() || !found->second.slot) return;
  const Slot slot = *found->second.slot;
  const LaunchSettings settings = settings_for(slot, Kind::server);
  const auto applied =
      apply_below(slots_[slot].sandbox->init(), limits_of(request.privileges, true),
                  settings.has_own_user && !request.privileges.user, group_bounds_forks(settings));
  pass_on(request, packet);
  if (applied) return;
  SpawnerReply message{
      .process = request.process, .kind = ReplyKind::not_changed, .value = applied.error().number};
  message.set_detail(applied.error().what);
  reply(message);
}

void SpawnerProcess::pass_on(const DecodedRequest& request, std::span<const std::byte> packet) {
  const auto found = programs_.find(request.process.value);
  if (found != programs_.end() && found->second.slot &&
      send_with_descriptors(slots_[*found->second.slot].sandbox->socket(), packet, {}) >= 0)
    return;
  if (request.kind != RequestKind::socket) return;
  reply({.process = request.process,
         .kind = ReplyKind::socket,
         .value = ECONNREFUSED,
         .number = request.number});
}

void SpawnerProcess::on_reply(Slot slot) {
  Used& used = slots_[slot];
  if (!used.sandbox || used.sandbox->socket() < 0) return;  // dropped in this very turn
  SpawnerReply message;
  auto [size, descriptors] = receive_with_descriptors(
      used.sandbox->socket(), std::as_writable_bytes(std::span(&message, 1)), MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size != sizeof message) return drop(slot);  // its end follows
  if (message.process.value == 0) {               // it could not be set up
    if (!used.is_server && !used.is_old) {
      failure_ = {message.detail.data(), message.value};
      give_up_namespaces();
    }
    used.is_old = true;
    if (used.runs) message.process = *used.runs;
    if (!used.runs) std::erase(idle_, slot);
  }
  const auto found = programs_.find(message.process.value);
  if (found == programs_.end()) return;
  switch (message.kind) {
    case ReplyKind::started:
      failure_ = {};
      return reply(message);
    case ReplyKind::attempted:
    case ReplyKind::port:
    case ReplyKind::outbound:
    case ReplyKind::not_changed:
      return reply(message);
    case ReplyKind::socket:
      if (message.value == 0 && descriptors.empty()) message.value = EMFILE;
      return reply(message,
                   descriptors.empty() ? FileDescriptor{} : std::move(descriptors.front()));
    case ReplyKind::left:
      return reply(message,
                   descriptors.empty() ? FileDescriptor{} : std::move(descriptors.front()));
    case ReplyKind::exited:
    case ReplyKind::ended:
      found->second.has_exited = true;
      return reply(message);
    case ReplyKind::failed:
      programs_.erase(found);
      reply(message);
      return give_back(slot);
    case ReplyKind::gone:
      found->second.slot.reset();
      if (found->second.was_ended) on_gone(message.process);
      return give_back(slot);
  }
}

void SpawnerProcess::on_gone(ProcessNumber number) {
  programs_.erase(number.value);
  reply({.process = number, .kind = ReplyKind::gone});
}

/// What ran in it has been killed with it.
void SpawnerProcess::on_sandbox_end(Slot slot) {
  Used& used = slots_[slot];
  std::erase(idle_, slot);
  if (used.runs) {
    const ProcessNumber number = *used.runs;
    if (Program& program = programs_[number.value]; !program.has_exited) {
      const bool is_memory = used.group && used.group->ran_out_of_memory();
      reply({.process = number,
             .kind = ReplyKind::exited,
             .value = W_EXITCODE(0, SIGKILL),
             .limit = is_memory ? ServiceLimit::memory : ServiceLimit::none});
      program.has_exited = true;
    }
    programs_[number.value].slot.reset();
    if (programs_[number.value].was_ended) on_gone(number);
  }
  if (load_ != nullptr) load_->set(slot, ProcessorLoad::State::none);
  unwatch(used.sandbox->socket());
  unwatch(used.sandbox->process());
  used = {.group = std::move(used.group)};
  free_.push_back(slot);
}

bool SpawnerProcess::watch(int descriptor, std::uint64_t what) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = what}};
  return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

/// Closing is not enough: a sandbox that is being forked has a copy of the descriptor for a moment,
/// and its events would be taken for those of the slot's next sandbox.
void SpawnerProcess::unwatch(int descriptor) {
  if (descriptor >= 0) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
}

void SpawnerProcess::fail(ProcessNumber process, StartStep step, const Failure& failure) {
  SpawnerReply message{
      .process = process, .kind = ReplyKind::failed, .step = step, .value = failure.number};
  message.set_detail(failure.what);
  reply(message);
}

void SpawnerProcess::reply(const SpawnerReply& reply, const FileDescriptor& passed) {
  send_reply(socket_.get(), reply, passed.get());
}

}  // namespace apiary

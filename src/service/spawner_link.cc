#include "service/spawner_link.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <span>
#include <utility>

#include "posix/pass_descriptors.h"

namespace apiary {
SpawnerLink::SpawnerLink(event_base* events, Spawner spawner, std::function<void()> on_death)
    : spawner_(std::move(spawner)),
      on_death_(std::move(on_death)),
      readable_(make_event<&SpawnerLink::on_readable>(events, spawner_.socket(),
                                                      EV_READ | EV_PERSIST, this)),
      writable_(make_event<&SpawnerLink::on_writable>(events, spawner_.socket(), EV_WRITE, this)),
      unsendable_event_(make_event<&SpawnerLink::on_unsendable>(events, -1, EV_TIMEOUT, this)) {
  event_add(readable_.get(), nullptr);
}

ProcessNumber SpawnerLink::start(std::vector<std::string> arguments,
                                 std::vector<std::string> environment,
                                 const ServicePrivileges& rights, ProcessStreams streams,
                                 ProcessListener& listener) {
  const ProcessNumber process{++last_number_};
  processes_[process.value] = {.listener = &listener};
  send({encode(ProgramRequest{process, std::move(arguments), std::move(environment), rights}),
        std::move(streams), process});
  return process;
}

void SpawnerLink::end(ProcessNumber process) {
  const auto found = processes_.find(process.value);
  if (found == processes_.end() || std::exchange(found->second.is_ending, true)) return;
  send({encode(EndRequest{process}), {}, process});
}

void SpawnerLink::release(ProcessNumber process) {
  const auto found = processes_.find(process.value);
  if (found == processes_.end()) return;
  found->second.listener = nullptr;
  end(process);
}

void SpawnerLink::send(Request request) {
  if (waiting_.empty() && try_send(request)) return;
  waiting_.push_back(std::move(request));
  event_add(writable_.get(), nullptr);
}

bool SpawnerLink::try_send(const Request& request) {
  const bool is_start = static_cast<bool>(request.streams[0]);
  const std::array<int, 3> streams{request.streams[0].get(), request.streams[1].get(),
                                   request.streams[2].get()};
  const auto descriptors = std::span(streams).first(is_start ? streams.size() : 0);

  int number = is_dead_ ? EPIPE : 0;
  if (number == 0 && request.packet.size() > spawner_request_limit_bytes) number = E2BIG;
  if (number == 0 &&
      send_with_descriptors(spawner_.socket(), std::as_bytes(std::span(request.packet)),
                            descriptors, MSG_DONTWAIT) < 0)
    number = errno;
  // Too many descriptors in flight, or no memory: temporary, like a full socket.
  if (number == EAGAIN || number == EINTR || number == ENOBUFS || number == ETOOMANYREFS)
    return false;
  if (number != 0 && is_start) {
    unsendable_.emplace_back(request.process, number);
    event_active(unsendable_event_.get(), EV_TIMEOUT, 0);
  }
  return true;
}

void SpawnerLink::on_writable(short) {
  while (!waiting_.empty() && try_send(waiting_.front())) waiting_.pop_front();
  if (!waiting_.empty()) event_add(writable_.get(), nullptr);
}

void SpawnerLink::on_unsendable(short) {
  for (const auto& [process, number] : std::exchange(unsendable_, {}))
    on_failed(process, StartStep::request, number);
}

void SpawnerLink::on_readable(short) {
  for (SpawnerReply reply;;) {
    const ssize_t size = recv(spawner_.socket(), &reply, sizeof reply, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size != sizeof reply) return on_dead_spawner();
    on_reply(reply);
  }
}

void SpawnerLink::on_reply(const SpawnerReply& reply) {
  const auto found = processes_.find(reply.process.value);
  if (found == processes_.end()) return;
  Process& process = found->second;
  switch (reply.kind) {
    case ReplyKind::started:
      process.id = reply.value;
      if (process.listener != nullptr) process.listener->on_process_started();
      return;
    case ReplyKind::exited:
    case ReplyKind::ended:
      if (process.listener != nullptr)
        process.listener->on_process_exited({reply.value, reply.kind == ReplyKind::ended});
      return;
    case ReplyKind::failed:
      return on_failed(reply.process, reply.step, reply.value);
    case ReplyKind::gone:
      processes_.erase(found);
      return;
  }
}

void SpawnerLink::on_failed(ProcessNumber process, StartStep step, int number) {
  const auto found = processes_.find(process.value);
  if (found == processes_.end()) return;
  ProcessListener* const listener = found->second.listener;
  processes_.erase(found);
  if (listener != nullptr) listener->on_process_failed(step, number);
}

void SpawnerLink::on_dead_spawner() {
  is_dead_ = true;
  readable_.reset();
  writable_.reset();
  waiting_.clear();
  for (const auto& [number, process] : std::exchange(processes_, {})) {
    // The kernel has killed the process itself, as it does when its parent dies.
    if (process.id != 0) kill(-process.id, SIGKILL);
    if (process.listener == nullptr) continue;
    if (process.id != 0)
      process.listener->on_process_exited({W_EXITCODE(0, SIGKILL), true});
    else
      process.listener->on_process_failed(StartStep::request, EPIPE);
  }
  on_death_();
}

}  // namespace apiary

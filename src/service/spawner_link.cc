#include "service/spawner_link.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <span>
#include <utility>

#include "posix/pass_descriptors.h"

namespace apiary {
SpawnerLink::SpawnerLink(event_base* events, Spawner spawner, Observer observer)
    : spawner_(std::move(spawner)),
      observer_(std::move(observer)),
      readable_(make_event<&SpawnerLink::on_readable>(events, spawner_.socket(),
                                                      EV_READ | EV_PERSIST, this)),
      writable_(make_event<&SpawnerLink::on_writable>(events, spawner_.socket(), EV_WRITE, this)),
      unsendable_event_(make_event<&SpawnerLink::on_unsendable>(events, -1, EV_TIMEOUT, this)) {
  event_add(readable_.get(), nullptr);
}

ServiceExit to_service_exit(const ProcessExit& exit, bool output_had_ended) {
  ServiceExit result{.limit = exit.limit, .used = exit.used};
  if (!WIFSIGNALED(exit.wait_status)) {
    result.status = WEXITSTATUS(exit.wait_status);
    result.by_daemon = exit.was_asked && !output_had_ended;
    return result;
  }
  result.signal = WTERMSIG(exit.wait_status);
  // A crash is a crash, even while the daemon ends the process.
  result.by_daemon = exit.was_asked && (result.signal == SIGTERM || result.signal == SIGKILL);
  return result;
}

std::string to_string(const StartFailure& failure) {
  const std::string reason = failure.number == 0 ? "" : std::strerror(failure.number);
  std::string text(describe(failure.step));
  for (const std::string_view part : {failure.what, std::string_view(reason)})
    if (!part.empty()) (text += ": ") += part;
  return text;
}

ProcessNumber SpawnerLink::start(ProgramRequest request, ProcessStreams streams,
                                 ProcessListener& listener) {
  request.process = {++last_number_};
  processes_[last_number_] = {.listener = &listener};
  send({encode(request), std::move(streams), request.process});
  return request.process;
}

std::uint64_t SpawnerLink::open_socket(ProcessNumber process, const VisitorSocketRequest& socket) {
  send({encode(SocketRequest{process, ++last_socket_, socket}), {}, process});
  return last_socket_;
}

bool SpawnerLink::show(const SandboxView& view) {
  auto packet = encode(view);
  if (packet.size() > spawner_request_limit_bytes) return false;
  send({std::move(packet), {}, {}});
  return true;
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
    on_failed(process, {StartStep::request, number});
}

void SpawnerLink::on_readable(short) {
  for (SpawnerReply reply;;) {
    auto [size, descriptors] = receive_with_descriptors(
        spawner_.socket(), std::as_writable_bytes(std::span(&reply, 1)), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size != sizeof reply) return on_dead_spawner();
    on_reply(reply, descriptors.empty() ? FileDescriptor{} : std::move(descriptors.front()));
  }
}

void SpawnerLink::on_reply(const SpawnerReply& reply, FileDescriptor passed) {
  if (reply.process.value == 0)
    return observer_.on_uncontained(reply.path.data(),
                                    to_string(SystemError{reply.detail.data(), reply.value}));
  const auto found = processes_.find(reply.process.value);
  if (found == processes_.end()) return;
  Process& process = found->second;
  switch (reply.kind) {
    case ReplyKind::started:
      process.has_started = true;
      if (process.listener != nullptr) process.listener->on_process_started();
      return;
    case ReplyKind::attempted:
      if (process.listener != nullptr)
        process.listener->on_process_attempted(
            {reply.detail.data(),
             reply.has_target ? std::optional(reply.target) : std::optional<Endpoint>{},
             reply.path.data(), reply.attempt});
      return;
    case ReplyKind::left:
      if (process.listener != nullptr)
        process.listener->on_process_left(
            {reply.path.data(), reply.count,
             reply.has_hash ? std::optional(reply.hash) : std::optional<Sha256>{}, passed.get()});
      return;
    case ReplyKind::exited:
    case ReplyKind::ended:
      if (process.listener != nullptr)
        process.listener->on_process_exited({reply.value, reply.kind == ReplyKind::ended,
                                             reply.limit,
                                             ServiceUse{reply.cpu_milliseconds, reply.memory_kib}});
      return;
    case ReplyKind::failed:
      return on_failed(reply.process, {reply.step, reply.value, reply.detail.data()});
    case ReplyKind::gone:
      processes_.erase(found);
      return;
    case ReplyKind::port:
      if (process.listener != nullptr) process.listener->on_port_change(reply.port);
      return;
    case ReplyKind::outbound:
      if (process.listener != nullptr)
        process.listener->on_outbound_request({reply.number, reply.flow});
      return;
    case ReplyKind::not_changed:
      if (process.listener != nullptr)
        process.listener->on_not_changed({reply.detail.data(), reply.value});
      return;
    case ReplyKind::socket:
      if (process.listener == nullptr) return;
      if (passed) return process.listener->on_visitor_socket(reply.number, std::move(passed));
      return process.listener->on_visitor_socket(
          reply.number,
          tl::unexpected(StartFailure{StartStep::request, reply.value == 0 ? EMFILE : reply.value,
                                      reply.detail.data()}));
  }
}

void SpawnerLink::on_failed(ProcessNumber process, const StartFailure& failure) {
  const auto found = processes_.find(process.value);
  if (found == processes_.end()) return;
  ProcessListener* const listener = found->second.listener;
  processes_.erase(found);
  if (listener != nullptr) listener->on_process_failed(failure);
}

void SpawnerLink::on_dead_spawner() {
  is_dead_ = true;
  readable_.reset();
  writable_.reset();
  waiting_.clear();
  for (const auto& [number, process] : std::exchange(processes_, {})) {
    // The kernel has killed the process with its sandbox, which dies with the spawner.
    if (process.listener == nullptr) continue;
    if (process.has_started)
      process.listener->on_process_exited(
          {.wait_status = W_EXITCODE(0, SIGKILL), .was_asked = true});
    else
      process.listener->on_process_failed({StartStep::request, EPIPE});
  }
  observer_.on_death();
}

}  // namespace apiary

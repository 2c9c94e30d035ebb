#include "service/server_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>

#include "sandbox/launch.h"
#include "session/command_words.h"

namespace apiary {
namespace {

// What is read of the log of one server each second: it waits when it writes more.
constexpr std::size_t log_allowance_bytes = 1 << 20;

Instant now_steady() { return Instant{std::chrono::steady_clock::now().time_since_epoch()}; }

timeval timeval_of(Duration duration) {
  const auto whole = std::chrono::floor<seconds>(duration);
  return {whole.count(), std::chrono::duration_cast<microseconds>(duration - whole).count()};
}

/// As if a conversation without visitor had the notes.
OpenSession notes_owner(const ServerProcess::Settings& settings) {
  OpenSession owner;
  if (settings.host) owner.flow.local.address = *settings.host;
  owner.service = settings.spec;
  return owner;
}

std::vector<std::string> environment_of(const ServerProcess::Settings& settings,
                                        std::string_view directory) {
  const auto& subsystem = std::get<Subsystem>(*settings.spec);
  return {fmt::format("PATH={}", service_path),
          "HOME=/",
          "LANG=C",
          fmt::format("HONEYD_HOME={}", directory),
          fmt::format("HONEYD_IP_DST={}", settings.host ? to_string(*settings.host) : ""),
          fmt::format("HONEYD_TEMPLATE_NAME={}", subsystem.owner),
          fmt::format("APIARY_HOST_NAME={}", subsystem.host_name)};
}

struct ServerStreams {
  ProcessStreams theirs;
  FileDescriptor log;  // the end of stdout and stderr that we read
};

tl::expected<ServerStreams, SystemError> make_streams() {
  std::array<int, 2> pair{};
  if (pipe2(pair.data(), O_CLOEXEC) != 0) return tl::unexpected(last_system_error("pipe"));
  ServerStreams streams;
  streams.log = FileDescriptor(pair[0]);
  streams.theirs[1] = FileDescriptor(pair[1]);
  streams.theirs[2] = FileDescriptor(fcntl(pair[1], F_DUPFD_CLOEXEC, 0));
  streams.theirs[0] = FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!streams.theirs[0] || !streams.theirs[2])
    return tl::unexpected(last_system_error("the streams of a subsystem"));
  fcntl(streams.log.get(), F_SETFL, O_NONBLOCK);
  // A server may open /dev/stdout, as another user than ours.
  fchmod(pair[1], S_IWUSR | S_IWGRP | S_IWOTH);
  return streams;
}

}  // namespace

/// Waits for the server, then for a socket, then for its connection. Of a connection that the
/// server began, only for the last two.
class ServerProcess::Visit final : public Connector {
 public:
  Visit(ServerProcess& server, const FlowKey& flow, std::uint64_t wish = 0)
      : server_(server), flow_(flow), wish_(wish), process_(server.process_) {
    ++server_.users_;
    if (wish_ != 0) server_.outbound_.push_back(this);
  }
  ~Visit() override {
    forget();
    std::erase(server_.outbound_, this);
    if (wish_ != 0 && process_ == server_.process_)
      server_.spawner_.answer(process_, wish_, WishAnswer::forget);
    if (--server_.users_ == 0) server_.listener_.on_unused();
  }
  void start(DialListener& listener) override {
    listener_ = &listener;
    deadline_ = make_event<&Visit::on_deadline>(server_.context_.events, -1, 0, this);
    const timeval limit = timeval_of(server_.settings_.limits.connect_time);
    event_add(deadline_.get(), &limit);
    server_.request(*this);
  }
  bool is_udp() const { return flow_.protocol == IpProtocol::udp; }
  ServerPort port() const { return {flow_.protocol, flow_.local.port}; }
  /// A shared server has many addresses, and may answer from any of them.
  bool is_connected() const { return !is_udp() || is_outbound() || !server_.subsystem().is_shared; }
  bool is_outbound() const { return wish_ != 0; }
  bool is_of_this_process() const { return process_ == server_.process_; }
  VisitorSocketRequest socket_request() const {
    return {flow_.protocol, flow_.remote, flow_.local, is_connected(), wish_};
  }

  void on_socket(FileDescriptor socket) {
    socket_ = std::move(socket);
    if (is_udp()) return succeed();
    writable_ =
        make_event<&Visit::on_writable>(server_.context_.events, socket_.get(), EV_WRITE, this);
    event_add(writable_.get(), nullptr);
  }
  void fail(const std::string& why, bool is_unanswered = false) {
    end("not connected: " + why, is_unanswered);
  }
  /// The same for one that may be connected.
  void end(const std::string& why, bool is_unanswered = false) {
    forget();
    deadline_.reset();
    writable_.reset();
    socket_.close();
    listener_->on_dial_failed({why, is_unanswered});
  }

 private:
  void forget() {
    std::erase(server_.waiting_, this);
    std::erase_if(server_.asked_, [this](const auto& one) { return one.second == this; });
  }
  void on_writable(short) {
    int number = 0;
    socklen_t length = sizeof number;
    getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &number, &length);
    number == 0 ? succeed() : fail(std::strerror(number));
  }
  void on_deadline(short) {
    if (is_outbound()) return fail("the server does not wait for it any more");
    if (server_.ports_.contains(port())) return fail("its connection queue is full", true);
    fail(fmt::format("it does not listen on {} port {}", name_of(flow_.protocol),
                     flow_.local.port.number));
  }
  void succeed() {
    deadline_.reset();
    writable_.reset();
    ConnectedSocket connected{std::move(socket_)};
    if (!is_connected())
      connected.peer = socket_address(flow_.local.address.v4_value(), flow_.local.port);
    listener_->on_connected(std::move(connected));
  }

  ServerProcess& server_;
  FlowKey flow_;
  std::uint64_t wish_;     // of the server that it fulfills; 0: a visitor's
  ProcessNumber process_;  // that had the wish
  DialListener* listener_ = nullptr;
  FileDescriptor socket_;
  LoopEvent writable_, deadline_;
};

ServerProcess::ServerProcess(const SessionContext& context, SpawnerLink& spawner,
                             const SubsystemLog& log, Settings settings, ServerListener& listener)
    : context_(context),
      spawner_(spawner),
      settings_(std::move(settings)),
      listener_(listener),
      notes_(log.log, log.allowance, notes_owner(settings_)),
      output_(context.events, context.inbox, notes_, log_allowance_bytes),
      pause_(settings_.limits.first_pause),
      restart_(make_event<&ServerProcess::start>(context.events, -1, EV_TIMEOUT, this)) {
  start();
}

ServerProcess::~ServerProcess() {
  listener_.on_program_over(*this);
  output_.finish();
  if (process_.value != 0) spawner_.release(process_);
}

std::unique_ptr<Connector> ServerProcess::make_connector(const FlowKey& flow) {
  return std::make_unique<Visit>(*this, flow);
}

std::unique_ptr<Connector> ServerProcess::make_connector(const ConnectionWish& wish) {
  return std::make_unique<Visit>(*this, wish.flow, wish.number);
}

void ServerProcess::reject(const ConnectionWish& wish, WishAnswer answer, std::string_view why) {
  notes_.log(fmt::format("its connection to {} ({}) failed: {}", to_string(wish.flow.remote),
                         name_of(wish.flow.protocol), why));
  spawner_.answer(process_, wish.number, answer);
}

void ServerProcess::end_outbound(const std::string& why) {
  for (Visit* const visit : std::list<Visit*>(outbound_)) visit->end(why);
}

void ServerProcess::on_stop() {
  if (process_.value == 0) return;
  output_.catch_up();
  notes_.log(ServiceExit{.signal = SIGKILL, .by_daemon = true});
}

void ServerProcess::start(short) {
  started_ = now_steady();
  state_ = State::running;
  auto streams = make_streams();
  auto arguments = split_command(subsystem().command);
  if (!streams || arguments.empty()) {
    notes_.log(streams ? "not started: no command" : "not started: " + to_string(streams.error()));
    return on_over();
  }
  process_ = spawner_.start({.process = {},
                             .arguments = std::move(arguments),
                             .environment = environment_of(settings_, spawner_.directory()),
                             .host_name = subsystem().host_name,
                             .privileges = subsystem().privileges,
                             .server = {.is_server = true,
                                        .has_host = settings_.host.has_value(),
                                        .host = settings_.host.value_or(IpAddress{})},
                             .egress = subsystem().egress},
                            std::move(streams->theirs), *this);
  output_.open(std::move(streams->log));
}

void ServerProcess::on_process_failed(const StartFailure& failure) {
  process_ = {};
  output_.finish();
  notes_.log("not started: " + to_string(failure));
  on_over();
}

void ServerProcess::on_process_exited(const ProcessExit& exit) {
  output_.finish();
  notes_.log(to_service_exit(exit, false));
  spawner_.release(std::exchange(process_, {}));
  on_over();
}

void ServerProcess::on_over() {
  const bool had_ports = !ports_.empty();
  ports_.clear();
  listener_.on_program_over(*this);
  for (const auto& [number, visit] : std::exchange(asked_, {}))
    if (visit->is_outbound())
      visit->fail("it has ended");
    else
      waiting_.push_back(visit);
  if (subsystem().restarts) {
    state_ = State::pausing;
    if (now_steady() - started_ > settings_.limits.steady_time)
      pause_ = settings_.limits.first_pause;
    notes_.log(fmt::format("starts again in {:g} s", in_seconds(pause_)));
    const timeval pause = timeval_of(pause_);
    event_add(restart_.get(), &pause);
    pause_ = std::min(pause_ * 2, settings_.limits.max_pause);
  } else {
    state_ = State::ended;
    fail_all("it has ended");
  }
  if (had_ports) listener_.on_ports();
  if (has_ended()) listener_.on_end();
}

void ServerProcess::fail_all(const std::string& why) {
  while (!waiting_.empty()) waiting_.front()->fail(why);
}

void ServerProcess::on_port_change(const PortChange& change) {
  if (change.is_open)
    ports_.insert(change.port);
  else
    ports_.erase(change.port);
  for (auto at = waiting_.begin(); change.is_open && at != waiting_.end();) {
    Visit& visit = **at;
    if (visit.port() != change.port) {
      ++at;
      continue;
    }
    at = waiting_.erase(at);
    ask(visit);
  }
  listener_.on_ports();
}

void ServerProcess::request(Visit& visit) {
  if (has_ended() || !visit.is_of_this_process()) return visit.fail("it has ended");
  if (visit.is_outbound()) return ask(visit);
  if (ports_.contains(visit.port())) return ask(visit);
  waiting_.push_back(&visit);
}

void ServerProcess::ask(Visit& visit) {
  asked_[spawner_.open_socket(process_, visit.socket_request())] = &visit;
}

void ServerProcess::on_visitor_socket(std::uint64_t number,
                                      tl::expected<FileDescriptor, StartFailure> socket) {
  const auto found = asked_.find(number);
  if (found == asked_.end()) return;
  Visit& visit = *found->second;
  asked_.erase(found);
  if (!socket) return visit.fail(to_string(socket.error()));
  visit.on_socket(std::move(*socket));
}

}  // namespace apiary

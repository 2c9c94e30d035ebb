#include "service/server_process.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "posix/clock.h"
#include "sandbox/launch.h"
#include "service/server_connector.h"
#include "service/server_streams.h"
#include "session/command_words.h"

namespace apiary {
namespace {

// What is read of the log of one server each second: it waits when it writes more.
constexpr std::size_t log_allowance_bytes = 1 << 20;

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

}  // namespace

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
  listener_.on_program_end(*this);
  output_.finish();
  if (process_.value != 0) spawner_.release(process_);
}

std::unique_ptr<Connector> ServerProcess::make_connector(const FlowKey& flow) {
  return std::make_unique<ServerConnector>(*this, flow);
}

std::unique_ptr<Connector> ServerProcess::make_connector(const OutboundRequest& outbound) {
  return std::make_unique<ServerConnector>(*this, outbound.flow, outbound.number);
}

void ServerProcess::reject(const OutboundRequest& outbound, OutboundAnswer answer,
                           std::string_view why) {
  notes_.log(fmt::format("its connection to {} ({}) failed: {}", to_string(outbound.flow.remote),
                         name_of(outbound.flow.protocol), why));
  spawner_.answer(process_, outbound.number, answer);
}

void ServerProcess::end_outbound(const std::string& why) {
  for (ServerConnector* const connector : std::list<ServerConnector*>(outbound_))
    connector->end(why);
}

void ServerProcess::change(std::shared_ptr<const ServiceSpec> spec) {
  settings_.spec = std::move(spec);
  if (process_.value != 0) spawner_.change(process_, subsystem());
  for (ServerConnector* const connector : std::list<ServerConnector*>(outbound_))
    if (!allows(subsystem().egress, connector->flow().protocol, connector->flow().remote))
      connector->end("ended: the configuration has changed");
}

void ServerProcess::on_not_changed(const SystemError& error) {
  notes_.log("some of its new limits begin with its next start: " + to_string(error));
}

void ServerProcess::on_stop() {
  if (process_.value == 0) return;
  output_.catch_up();
  notes_.log(ServiceExit{.signal = SIGKILL, .by_daemon = true});
}

void ServerProcess::start(short) {
  started_ = steady_now();
  state_ = State::running;
  auto streams = make_server_streams();
  auto arguments = split_command(subsystem().command);
  if (!streams || arguments.empty()) {
    notes_.log(streams ? "not started: no command" : "not started: " + to_string(streams.error()));
    return on_end();
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
  on_end();
}

void ServerProcess::on_process_exited(const ProcessExit& exit) {
  output_.finish();
  notes_.log(to_service_exit(exit, false));
  spawner_.release(std::exchange(process_, {}));
  on_end();
}

void ServerProcess::on_end() {
  const bool had_ports = !ports_.empty();
  ports_.clear();
  listener_.on_program_end(*this);
  for (const auto& [number, connector] : std::exchange(asked_, {}))
    if (connector->is_outbound())
      connector->fail("it has ended");
    else
      waiting_.push_back(connector);
  if (subsystem().restarts) {
    state_ = State::pausing;
    if (steady_now() - started_ > settings_.limits.steady_time)
      pause_ = settings_.limits.first_pause;
    notes_.log(fmt::format("starts again in {:g} s", in_seconds(pause_)));
    const timeval pause = to_timeval(pause_);
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
    ServerConnector& connector = **at;
    if (connector.port() != change.port) {
      ++at;
      continue;
    }
    at = waiting_.erase(at);
    ask(connector);
  }
  listener_.on_ports();
}

void ServerProcess::request(ServerConnector& connector) {
  if (has_ended() || !connector.is_of_this_process()) return connector.fail("it has ended");
  if (connector.is_outbound()) return ask(connector);
  if (ports_.contains(connector.port())) return ask(connector);
  waiting_.push_back(&connector);
}

void ServerProcess::ask(ServerConnector& connector) {
  asked_[spawner_.open_socket(process_, connector.socket_request())] = &connector;
}

void ServerProcess::on_visitor_socket(std::uint64_t number,
                                      tl::expected<FileDescriptor, StartFailure> socket) {
  const auto found = asked_.find(number);
  if (found == asked_.end()) return;
  ServerConnector& connector = *found->second;
  asked_.erase(found);
  if (!socket) return connector.fail(to_string(socket.error()));
  connector.on_socket(std::move(*socket));
}

}  // namespace apiary

#include "service/service_runner.h"

#include <fmt/format.h>
#include <tsl/robin_map.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/overloaded.h"
#include "posix/clock.h"
#include "service/built_in_backend.h"
#include "service/inbox.h"
#include "service/proxy_backend.h"
#include "service/script_backend.h"
#include "service/subsystem_backend.h"

namespace apiary {
namespace {

// Limit on the notes of all services together, so that a log stays readable.
constexpr double notes_burst = 5'000, notes_per_second = 2'000;
// A loop of proxies is one mistake, however many connections it makes.
constexpr double loop_notes_burst = 1, loop_notes_per_second = 0.1;

}  // namespace

class ServiceRunner::Implementation {
 public:
  Implementation(event_base* events, Spawner spawner, const ServiceLimits& limits, ServiceLog& log);

  void execute(const ServiceCommand& command);
  std::span<const ServiceMessage> take_messages();
  void on_stop();
  void show(const SandboxView& view);
  SubsystemBackend& subsystems() const { return *subsystems_; }
  BackendUsage usage() const;
  std::uint64_t refused_count() const { return refused_count_; }

 private:
  struct Entry {
    std::unique_ptr<Session> session;
    ServiceBackend* backend = nullptr;
    IpProtocol protocol{};
  };

  void open(const OpenSession& open);
  void refuse(const OpenSession& open, std::string_view why);
  void refuse_loop(const OpenSession& open);
  NoteLimiter notes_of(const OpenSession& open) { return {log_, allowance_, open}; }
  Session* find(SessionId session);
  void remove(SessionId session);
  void close(SessionId session);
  void remove_done();

  ServiceLog& log_;
  RateLimiter allowance_{notes_burst, notes_per_second};
  RateLimiter loop_notes_{loop_notes_burst, loop_notes_per_second};
  Inbox inbox_;
  OwnConnections own_connections_;
  std::uint64_t refused_count_ = 0;
  SpawnerLink spawner_;
  std::vector<std::unique_ptr<ServiceBackend>> backends_;
  SubsystemBackend* subsystems_ = nullptr;  // one of them
  tsl::robin_map<SessionId, Entry> sessions_;
  // Closed sessions that have not yet reported how their process ended. At most one per process.
  tsl::robin_map<SessionId, std::unique_ptr<Session>> closing_;
};

ServiceRunner::Implementation::Implementation(event_base* events, Spawner spawner,
                                              const ServiceLimits& limits, ServiceLog& log)
    : log_(log),
      inbox_(events),
      spawner_(events, std::move(spawner),
               {.on_death =
                    [&log] {
                      log.on_note({{},
                                   {},
                                   "spawner",
                                   "the process that starts services has died: "
                                   "scripts cannot run"});
                    },
                .on_uncontained =
                    [&log](std::string_view namespaces, std::string_view why) {
                      log.on_note({{},
                                   {},
                                   "spawner",
                                   fmt::format("services run without {} of their own: {}",
                                               namespaces, why)});
                    }}) {
  const SessionContext context{events, inbox_};
  backends_.push_back(std::make_unique<BuiltInBackend>(inbox_));
  backends_.push_back(std::make_unique<ProxyBackend>(context, limits.proxies, own_connections_));
  backends_.push_back(std::make_unique<ScriptBackend>(context, spawner_, limits.scripts, log));
  auto subsystems = std::make_unique<SubsystemBackend>(context, spawner_, limits.subsystems,
                                                       SubsystemLog{log_, allowance_});
  subsystems_ = subsystems.get();
  backends_.push_back(std::move(subsystems));
}

void ServiceRunner::Implementation::execute(const ServiceCommand& command) {
  remove_done();
  std::visit(overloaded{[this](const OpenSession& c) { open(c); },
                        [this](const DeliverInput& c) {
                          if (auto* session = find(c.session)) session->deliver(c.bytes);
                        },
                        [this](const EndInput& c) {
                          if (auto* session = find(c.session)) session->end_input();
                        },
                        [this](const GrantOutput& c) {
                          if (auto* session = find(c.session)) session->grant(c.bytes);
                        },
                        [this](const CloseSession& c) {
                          inbox_.forget(c.session);
                          close(c.session);
                        },
                        [this](const ConnectionFailed& c) { subsystems_->on_failed(c); }},
             command);
}

void ServiceRunner::Implementation::open(const OpenSession& open) {
  if (own_connections_.contains(open.flow)) return refuse_loop(open);
  const auto backend = std::find_if(backends_.begin(), backends_.end(),
                                    [&](const auto& one) { return one->serves(*open.service); });
  if (backend == backends_.end()) return refuse(open, "not started: nothing here runs it");
  auto session = (*backend)->open(open, notes_of(open));
  if (!session) return refuse(open, session.error().why);
  sessions_[open.session] = {std::move(*session), backend->get(), open.flow.protocol};
  (*backend)->count_opened(open.flow.protocol);
}

void ServiceRunner::Implementation::refuse(const OpenSession& open, std::string_view why) {
  ++refused_count_;
  notes_of(open).log(why);
  inbox_.failed(open.session);
}

/// Breaks a loop at its first turn, whatever serves the port.
void ServiceRunner::Implementation::refuse_loop(const OpenSession& open) {
  const auto now = steady_now();
  if (loop_notes_.take(now))
    notes_of(open).log("refused: the visitor is a proxy of this daemon (proxy loop)");
  inbox_.failed(open.session);
}

Session* ServiceRunner::Implementation::find(SessionId session) {
  const auto found = sessions_.find(session);
  return found == sessions_.end() ? nullptr : found->second.session.get();
}

void ServiceRunner::Implementation::remove(SessionId session) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  found->second.backend->count_over(found->second.protocol);
  sessions_.erase(found);
}

void ServiceRunner::Implementation::close(SessionId session) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  if (!found->second.session->close()) closing_[session] = std::move(found.value().session);
  remove(session);
}

/// Destroys sessions that failed or finished. They cannot be destroyed while they report it.
void ServiceRunner::Implementation::remove_done() {
  for (const SessionId session : inbox_.take_failed()) remove(session);
  for (const SessionId session : inbox_.take_finished()) closing_.erase(session);
}

void ServiceRunner::Implementation::on_stop() {
  for (const auto& [session, entry] : sessions_) entry.session->on_stop();
  for (const auto& [session, closing] : closing_) closing->on_stop();
  for (const auto& backend : backends_) backend->on_stop();
}

std::span<const ServiceMessage> ServiceRunner::Implementation::take_messages() {
  remove_done();
  return inbox_.take();
}

void ServiceRunner::Implementation::show(const SandboxView& view) {
  for (const auto& backend : backends_) backend->show(view);
}

BackendUsage ServiceRunner::Implementation::usage() const {
  BackendUsage all;
  for (const auto& backend : backends_) {
    const BackendUsage one = backend->usage();
    all.sessions += one.sessions;
    all.processes += one.processes;
  }
  return all;
}

ServiceRunner::ServiceRunner(event_base* events, Spawner spawner, const ServiceLimits& limits,
                             ServiceLog& log)
    : implementation_(std::make_unique<Implementation>(events, std::move(spawner), limits, log)) {}

ServiceRunner::~ServiceRunner() = default;

void ServiceRunner::execute(std::span<const ServiceCommand> commands) {
  for (const ServiceCommand& command : commands) implementation_->execute(command);
}

void ServiceRunner::on_stop() { implementation_->on_stop(); }

std::span<const ServiceMessage> ServiceRunner::take_messages() {
  return implementation_->take_messages();
}

std::size_t ServiceRunner::session_count() const { return implementation_->usage().sessions; }

std::size_t ServiceRunner::process_count() const { return implementation_->usage().processes; }

std::uint64_t ServiceRunner::refused_count() const { return implementation_->refused_count(); }

void ServiceRunner::run(const std::vector<SubsystemUse>& subsystems) {
  implementation_->subsystems().run(subsystems);
}

std::vector<SubsystemStatus> ServiceRunner::subsystems() const {
  return implementation_->subsystems().status();
}

OutboundCounts ServiceRunner::outbound() const { return implementation_->subsystems().outbound(); }

std::shared_ptr<const ListeningPorts> ServiceRunner::take_ports() {
  return implementation_->subsystems().take_ports();
}

std::vector<ConnectRequest> ServiceRunner::take_connect_requests() {
  return implementation_->subsystems().take_connect_requests();
}

void ServiceRunner::show(const SandboxView& view) { implementation_->show(view); }

}  // namespace apiary

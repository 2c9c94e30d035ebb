#include "service/service_runner.h"

#include <fmt/format.h>
#include <tsl/robin_map.h>

#include <array>
#include <cstring>

#include "base/overloaded.h"
#include "base/random.h"
#include "service/built_in_services.h"
#include "service/inbox.h"
#include "service/resolver.h"
#include "service/script_session.h"
#include "service/session.h"
#include "service/spawner_link.h"
#include "service/tcp_proxy.h"
#include "service/udp_proxy.h"

namespace apiary {
namespace {

// Notes of all services together: what a log and its reader can take.
constexpr double notes_burst = 5'000, notes_per_second = 2'000;

std::string_view name_of(const ServiceSpec& service) {
  return std::visit(overloaded{[](const Script& s) -> std::string_view { return s.command; },
                               [](const Proxy& p) -> std::string_view { return p.target; },
                               [](BuiltIn b) -> std::string_view { return name_of(b); }},
                    service);
}

/// What sessions have in common that share a limit.
struct Kind {
  bool is_proxied = false, is_datagram = false;
  std::size_t index() const { return (is_proxied ? 2U : 0U) + (is_datagram ? 1U : 0U); }
};

}  // namespace

class ServiceRunner::Implementation {
 public:
  Implementation(event_base* events, Spawner spawner, const ServiceLimits& limits, ServiceLog& log)
      : log_(log),
        limits_(limits),
        inbox_(events),
        built_in_(inbox_),
        resolver_(events),
        spawner_(events, std::move(spawner), [this] { on_spawner_death(); }),
        context_{events, inbox_, spawner_, resolver_, limits_} {}

  void execute(const ServiceCommand& command);
  std::span<const ServiceMessage> take_messages();
  void on_stop();
  std::size_t session_count() const { return sessions_.size() + built_in_.count(); }
  std::size_t process_count() const { return spawner_.process_count(); }

 private:
  struct Entry {
    std::unique_ptr<Session> session;
    Kind kind;
  };

  void open(const OpenSession& open);
  void open_script(const OpenSession& open);
  template <class Session>
  void open_proxy(const OpenSession& open);
  void refuse(const OpenSession& open, std::string_view why);
  void keep(const OpenSession& open, Kind kind, std::unique_ptr<Session> session);
  std::size_t count_of(Kind kind) const { return counts_[kind.index()]; }
  Session* find(SessionId session);
  void remove(SessionId session);
  void close(SessionId session);
  void remove_done();
  void on_spawner_death();

  ServiceLog& log_;
  ServiceLimits limits_;
  RateLimiter allowance_{notes_burst, notes_per_second};
  Inbox inbox_;
  BuiltInServices built_in_;
  Resolver resolver_;
  SpawnerLink spawner_;
  SessionContext context_;
  std::array<std::size_t, 4> counts_{};  // of the living, by kind
  tsl::robin_map<SessionId, Entry> sessions_;
  // Those closed that have yet to tell how their process ended. No more than there are processes.
  tsl::robin_map<SessionId, std::unique_ptr<Session>> closing_;
};

void ServiceRunner::Implementation::execute(const ServiceCommand& command) {
  remove_done();
  if (built_in_.execute(command)) return;
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
                        }},
             command);
}

void ServiceRunner::Implementation::open(const OpenSession& open) {
  if (std::holds_alternative<Script>(*open.service))
    open_script(open);
  else if (open.flow.protocol == IpProtocol::udp)
    open_proxy<UdpProxy>(open);
  else
    open_proxy<TcpProxy>(open);
}

void ServiceRunner::Implementation::open_script(const OpenSession& open) {
  const Kind kind{.is_datagram = open.flow.protocol == IpProtocol::udp};
  if (spawner_.process_count() >= limits_.processes)
    return refuse(open, fmt::format("not started: {} processes run already", limits_.processes));
  if (kind.is_datagram && count_of(kind) >= limits_.datagram_processes)
    return refuse(open, fmt::format("not started: {} processes serve UDP already",
                                    limits_.datagram_processes));
  auto session = std::make_unique<ScriptSession>(context_, open, allowance_, log_);
  if (const auto started = session->start(open); !started)
    return refuse(open, fmt::format("not started: {}", to_string(started.error())));
  keep(open, kind, std::move(session));
}

template <class Session>
void ServiceRunner::Implementation::open_proxy(const OpenSession& open) {
  const Kind kind{.is_proxied = true, .is_datagram = open.flow.protocol == IpProtocol::udp};
  if (count_of({true, false}) + count_of({true, true}) >= limits_.proxied_sessions)
    return refuse(open, fmt::format("not connected: {} connections are open already",
                                    limits_.proxied_sessions));
  if (kind.is_datagram && count_of(kind) >= limits_.datagram_proxied_sessions)
    return refuse(open, fmt::format("not connected: {} connections are open for UDP already",
                                    limits_.datagram_proxied_sessions));
  auto session = std::make_unique<Session>(context_, open, allowance_, log_);
  Session& opened = *session;
  keep(open, kind, std::move(session));
  opened.start(open);
}

void ServiceRunner::Implementation::keep(const OpenSession& open, Kind kind,
                                         std::unique_ptr<Session> session) {
  sessions_[open.session] = {std::move(session), kind};
  ++counts_[kind.index()];
}

void ServiceRunner::Implementation::refuse(const OpenSession& open, std::string_view why) {
  NoteLimiter(log_, allowance_, open, name_of(*open.service)).tell(why);
  inbox_.failed(open.session);
}

Session* ServiceRunner::Implementation::find(SessionId session) {
  const auto found = sessions_.find(session);
  return found == sessions_.end() ? nullptr : found->second.session.get();
}

void ServiceRunner::Implementation::remove(SessionId session) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  --counts_[found->second.kind.index()];
  sessions_.erase(found);
}

void ServiceRunner::Implementation::close(SessionId session) {
  const auto found = sessions_.find(session);
  if (found == sessions_.end()) return;
  if (!found->second.session->close()) closing_[session] = std::move(found.value().session);
  remove(session);
}

/// Sessions cannot go while they are telling that they failed or finished, so they go here.
void ServiceRunner::Implementation::remove_done() {
  for (const SessionId session : inbox_.take_failed()) remove(session);
  for (const SessionId session : inbox_.take_finished()) closing_.erase(session);
}

void ServiceRunner::Implementation::on_stop() {
  for (const auto& [session, entry] : sessions_) entry.session->on_stop();
  for (const auto& [session, closing] : closing_) closing->on_stop();
}

std::span<const ServiceMessage> ServiceRunner::Implementation::take_messages() {
  remove_done();
  return inbox_.take();
}

void ServiceRunner::Implementation::on_spawner_death() {
  log_.on_note(
      {{}, {}, "spawner", "the process that starts services has died: scripts cannot run"});
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

std::size_t ServiceRunner::session_count() const { return implementation_->session_count(); }

std::size_t ServiceRunner::process_count() const { return implementation_->process_count(); }

}  // namespace apiary

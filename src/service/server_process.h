#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/time.h"
#include "service/connector.h"
#include "service/note_limiter.h"
#include "service/server_listener.h"
#include "service/service_limits.h"
#include "service/session.h"
#include "service/spawner_link.h"
#include "service/stderr_reader.h"
#include "session/subsystems.h"

namespace apiary {

/// Where subsystems log, and the limit of all services together.
struct SubsystemLog {
  ServiceLog& log;
  RateLimiter& allowance;
};

/// The program of a subsystem for one host, or for all. If its statement has `restart`, it starts
/// again after its end. Its destructor ends it.
class ServerProcess final : ProcessListener {
 public:
  struct Settings {
    std::shared_ptr<const ServiceSpec> spec;  // holds a Subsystem
    std::optional<IpAddress> host{};          // whose address it has from its start
    SubsystemLimits limits{};
  };
  ServerProcess(const SessionContext& context, SpawnerLink& spawner, const SubsystemLog& log,
                Settings settings, ServerListener& listener);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// A connector for a conversation. It must not outlive this.
  std::unique_ptr<Connector> make_connector(const FlowKey& flow);

  /// The same for a connection that the server began, and that is open.
  std::unique_ptr<Connector> make_connector(const OutboundRequest& outbound);
  /// No connection is opened for the request: tells the server, and, in `why`, people.
  void reject(const OutboundRequest& outbound, OutboundAnswer answer, std::string_view why);
  /// Ends all connections that the server began.
  void end_outbound(const std::string& why);
  /// Goes on with other limits and another egress list (may_become()).
  void change(std::shared_ptr<const ServiceSpec> spec);
  std::size_t outbound() const { return outbound_.size(); }

  const Subsystem& subsystem() const { return std::get<Subsystem>(*settings_.spec); }
  bool is_running() const { return state_ == State::running; }  // or about to
  bool has_ended() const { return state_ == State::ended; }
  const std::set<ServerPort>& ports() const { return ports_; }
  std::size_t users() const { return users_; }  // connectors that exist
  void on_stop();

 private:
  class ServerConnector;
  enum class State { running, pausing, ended };

  void start(short = 0);
  void on_process_started() override {}
  void on_process_failed(const StartFailure& failure) override;
  void on_process_attempted(const ServiceAttempt& attempt) override { notes_.log(attempt); }
  void on_process_exited(const ProcessExit& exit) override;
  void on_port_change(const PortChange& change) override;
  void on_outbound_request(const OutboundRequest& outbound) override {
    listener_.on_outbound_request(*this, outbound);
  }
  void on_not_changed(const SystemError& error) override;
  void on_visitor_socket(std::uint64_t number,
                         tl::expected<FileDescriptor, StartFailure> socket) override;
  void on_end();
  void request(ServerConnector& connector);
  void ask(ServerConnector& connector);
  void fail_all(const std::string& why);

  SessionContext context_;
  SpawnerLink& spawner_;
  Settings settings_;
  ServerListener& listener_;
  NoteLimiter notes_;
  StderrReader output_;
  State state_ = State::ended;
  ProcessNumber process_;  // 0: none
  std::set<ServerPort> ports_;
  std::list<ServerConnector*> waiting_;              // for their port
  std::map<std::uint64_t, ServerConnector*> asked_;  // for a socket, by the number of the request
  std::list<ServerConnector*> outbound_;             // of connections that the server began
  std::size_t users_ = 0;
  Instant started_{};
  Duration pause_;  // before the next start
  LoopEvent restart_;
};

}  // namespace apiary

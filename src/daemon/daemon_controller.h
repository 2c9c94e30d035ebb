#pragma once

#include <optional>

#include "control/control_server.h"
#include "control/daemon_interface.h"
#include "daemon/claimed_network.h"
#include "daemon/config_reloader.h"
#include "daemon/event_output.h"
#include "daemon/interface_follower.h"
#include "daemon/shard_set.h"

namespace spdlog {
class logger;
}

namespace apiary {

/// Changes and queries a running daemon: SIGHUP, SIGUSR1, the control socket, and the dashboard by
/// DaemonClient.
class DaemonController final : public DaemonInterface {
 public:
  struct Settings {
    std::string version;
    ConfigReloader::Settings reloading;
  };
  /// All must outlive this object.
  struct Dependencies {
    ShardSet& shards;
    ClaimedNetwork& network;
    const InterfaceFollower& interfaces;
    EventOutput& output;
    const SystemClock& clock;
    spdlog::logger& log;
  };

  /// `socket`: none if nobody may connect. Call it after the privileges are dropped.
  DaemonController(Settings settings, ActiveConfigText active, std::optional<ControlSocket> socket,
                   Dependencies dependencies);
  ~DaemonController() override;

  DaemonStatus status() const override;
  HostDirectory hosts() const override;
  ConversationList conversations(std::size_t limit) const override;
  void reload(Reply reply) override;
  void apply(std::string statement, Reply reply) override;
  void replace(std::string text, Reply reply) override;
  void dump(Reply reply) override;
  void show_configuration(Reply reply) override;
  void draw_topology(Reply reply) override;
  void explain(const IpAddress& address, Reply reply) override;
  void audit(Reply reply) override;
  void check(std::string text, Reply reply) override;
  void rotate(Reply reply) override;
  std::string activity() const override {
    return deps_.output.feed()->activity_json(deps_.clock.now());
  }

  /// Makes the devices receive for leased addresses, if these have changed. Call it after each turn
  /// of the loop.
  void follow_leases();
  void in_background(std::function<std::string()> work, Reply reply) override;
  /// See ConfigReloader::follow_machine().
  void follow_machine(std::vector<InterfaceSettings> interfaces, std::vector<std::string> reopened,
                      const AddressSet& machines);

  /// Ends the work in the background, and waits for it for at most `patience`. False: it continues,
  /// and uses this object and its dependencies.
  bool stop_background(Duration patience) { return worker_.stop(patience); }
  /// Accepts no more commands.
  void close_socket() { server_.reset(); }

 private:
  struct Free {
    void operator()(event* event) const;
  };
  void on_hangup();
  void note_reload(const ConfigReloader::Outcome& outcome);
  /// Logs the change `what`, makes an event of it, and replies.
  void note_change(const std::string& what, const ConfigReloader::Outcome& outcome,
                   const Reply& reply);
  void show(ConfigReloader::View view, Reply reply);
  void log_lines(bool as_errors, const std::string& text);

  const std::string version_, configuration_file_;
  const Dependencies deps_;
  const Instant started_;
  Instant loaded_;
  std::size_t statements_since_ = 0;
  std::uint64_t leases_seen_ = 0;  // ShardSet::lease_changes()
  std::string failure_;            // of the last reload; empty: it succeeded
  bool hangup_waits_ = false, hangup_again_ = false;
  ConfigReloader reloader_;
  BackgroundWorker worker_;  // its jobs use all of the above
  LoopQueue rotations_;      // completed ones
  std::unique_ptr<event, Free> hangup_, rotation_signal_;
  std::optional<ControlServer> server_;
};

}  // namespace apiary

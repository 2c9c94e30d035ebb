#pragma once

#include <optional>

#include "control/control_server.h"
#include "control/daemon_interface.h"
#include "daemon/config_reloader.h"
#include "daemon/interface_follower.h"
#include "daemon/shard_loop.h"
#include "sink/live_feed.h"

namespace spdlog {
class logger;
}

namespace apiary {

/// How a running daemon is changed and asked: SIGHUP, and the control socket.
class DaemonController final : public DaemonInterface {
 public:
  struct Settings {
    std::string version;
    ConfigReloader::Settings reconfiguration;
  };
  /// What a running daemon has, all of which outlives this object.
  struct Dependencies {
    event_base* events;
    Engine& engine;
    const ShardLoop& loop;
    ServiceRunner& services;
    EventPipeline& pipeline;
    const SystemClock& clock;
    spdlog::logger& log;
    std::span<const std::unique_ptr<Device>> devices;
    std::span<KernelGuard> guards, inside_guards;
    const InterfaceFollower& interfaces;
    std::function<tl::expected<void, std::string>(const AddressSet& wanted)> hold;
    std::shared_ptr<LiveFeed> feed;
    Capture* capture;  // null: none
  };

  /// `socket`: none when nobody is to ask. Call it when privileges have been given up.
  DaemonController(Settings settings, ActiveConfigText present, ReceiveFilter filter,
                   std::optional<ControlSocket> socket, Dependencies dependencies);
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
  void check(std::string text, Reply reply) override;
  void rotate(Reply reply) override;
  std::string activity() const override { return deps_.feed->activity_json(deps_.clock.now()); }

  /// Has the devices receive for the addresses that hosts were leased, when these have changed.
  /// Call it after each turn of the loop.
  void follow_leases();
  void in_background(std::function<std::string()> work, Reply reply) override;
  /// The interfaces are these now, of which `reopened` were made again, or the machine has other
  /// addresses.
  void follow_machine(std::vector<InterfaceSettings> interfaces, std::vector<std::string> reopened,
                      const AddressSet& machines);

  /// Ends what is done in the background, and waits for it so long. False: it goes on, and uses
  /// this object and what is around it.
  bool stop_background(Duration patience) { return worker_.stop(patience); }
  /// Lets nobody ask any more.
  void close_socket() { server_.reset(); }

 private:
  struct Free {
    void operator()(event* event) const;
  };
  void on_hangup();
  void note_reload(const ConfigReloader::Outcome& outcome);
  /// Tells of a change that `what` made, in words for the log, and replies.
  void note_change(const std::string& what, const ConfigReloader::Outcome& outcome,
                   const Reply& reply);
  void show(ConfigReloader::View view, Reply reply);
  void log_lines(bool as_errors, const std::string& text);

  const std::string version_, configuration_file_;
  const Dependencies deps_;
  const Instant started_;
  Instant loaded_;
  std::size_t statements_since_ = 0;
  std::uint64_t leases_seen_ = 0;  // Engine::lease_changes()
  std::string failure_;            // of the last reload; empty: there was none
  bool hangup_waits_ = false, hangup_again_ = false;
  ConfigReloader reconfiguration_;
  BackgroundWorker worker_;  // ends before what its jobs use
  LoopQueue rotations_;      // that have ended
  std::unique_ptr<event, Free> hangup_, rotation_signal_;
  std::optional<ControlServer> server_;
};

}  // namespace apiary

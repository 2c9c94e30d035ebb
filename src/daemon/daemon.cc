#include "daemon/daemon.h"

#include <fmt/format.h>
#include <malloc.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "daemon/claimed_network.h"
#include "daemon/daemon_controller.h"
#include "daemon/daemon_report.h"
#include "daemon/event_output.h"
#include "daemon/hardening.h"
#include "daemon/interface_follower.h"
#include "daemon/privileges.h"
#include "daemon/route_follower.h"
#include "daemon/shard_set.h"
#include "daemon/startup.h"
#include "loop/system_clock.h"
#include "setup/host_key.h"

namespace apiary {
namespace {

constexpr Duration max_end_time = seconds{1};  // of work in the background

std::shared_ptr<spdlog::logger> make_logger() {
  auto logger = std::make_shared<spdlog::logger>(
      "apiary", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_pattern("%Y-%m-%d %H:%M:%S.%e%z %^%-7l%$ %v");
  logger->flush_on(spdlog::level::trace);
  return logger;
}

/// Raises it as far as the machine allows: each service holds three descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// The parts of a running daemon, in the order of creation.
class Daemon {
 public:
  explicit Daemon(const RunOptions& options) : options_(options) {}

  /// Opens everything as root, drops the privileges and starts the rest. Error: some lines.
  tl::expected<void, std::string> start(Spawner spawner);
  /// Returns the exit status.
  int run();

 private:
  tl::expected<void, std::string> begin(Startup startup);
  void create_shards(Startup& startup);
  void create_controls(Startup& startup);
  int finish(int status);
  [[noreturn]] void exit_without_destructors(int status);

  const RunOptions& options_;
  const std::shared_ptr<spdlog::logger> log_ = make_logger();
  const SystemClock clock_;
  std::unique_ptr<ClaimedNetwork> network_;
  EventOutput output_{
      clock_, [this](const FlowKey& flow, Instant now) { return shards_->template_of(flow, now); }};
  EventLoop events_;  // of the main thread
  std::unique_ptr<ShardSet> shards_;
  std::unique_ptr<RouteFollower> routes_;
  std::unique_ptr<InterfaceFollower> interfaces_;
  std::unique_ptr<DaemonController> controller_;
  std::unique_ptr<WebServer> web_;
};

tl::expected<void, std::string> Daemon::start(Spawner spawner) {
  auto startup = start_as_root(options_, std::move(spawner), *log_);
  if (!startup) return tl::unexpected(std::move(startup.error()));
  if (auto dropped = drop_privileges(options_.daemon_user); !dropped) return dropped;
  if (auto hardened = harden_process(); !hardened)
    log_->warn("the daemon may make every system call: {}", to_string(hardened.error()));
  network_ = std::move(startup->network);
  if (auto begun = begin(std::move(*startup)); !begun) return begun;
  malloc_trim(0);  // reading a large configuration takes a multiple of its final size
  return {};
}

tl::expected<void, std::string> Daemon::begin(Startup startup) {
  if (auto opened = output_.open(options_, network_->devices(), log_); !opened) return opened;
  create_shards(startup);
  auto routes = RouteFollower::begin(*shards_, *log_, options_.allows_asymmetric);
  if (!routes) return tl::unexpected(to_string(routes.error()));
  routes_ = std::move(*routes);
  create_controls(startup);
  shards_->begin();
  const std::string sentence = start_sentence(*shards_, network_->devices());
  log_->info("{}", sentence);
  output_.pipeline().emit(events::DaemonEvent::Kind::start, sentence);
  if (startup.web) {
    for (const std::string& remark : startup.web->remarks) log_->warn("{}", remark);
    // Who sees the terminal is the operator; a log may have other readers.
    log_->info("{}", startup.web->sentence(isatty(STDERR_FILENO) == 1));
    web_ = std::make_unique<WebServer>(std::move(startup.web->server), events_.base(), *controller_,
                                       output_.feed(), startup.web->guard());
  }
  return {};
}

void Daemon::create_shards(Startup& startup) {
  ShardSet::Queues queues(options_.threads);
  for (std::size_t i = 0; i < queues.size(); ++i)
    for (const auto& device : network_->devices()) queues[i].push_back(device->queues()[i].get());
  const EngineSettings settings{.interfaces = std::move(startup.interfaces),
                                .claimed = network_->receive_filter().addresses,
                                .arp = options_.arp,
                                .host_key = startup.host_key,
                                .seed = random_seed()};
  shards_ = std::make_unique<ShardSet>(
      startup.built.configuration.honeynet, settings, queues, std::move(startup.spawner),
      ShardSet::Dependencies{events_, output_.pipeline(), clock_, output_.capture()});
  shards_->adopt(startup.signatures);
  shards_->show(startup.view);
  shards_->start_subsystems();
}

void Daemon::create_controls(Startup& startup) {
  events_.stop_on(SIGINT);
  events_.stop_on(SIGTERM);
  events_.call_when_readable(network_->registry_descriptor(),
                             [this] { network_->answer_daemons(); });
  interfaces_ = std::make_unique<InterfaceFollower>(
      InterfaceFollower::Dependencies{network_->monitor(), *shards_, output_.pipeline(), *log_,
                                      network_->devices()},
      [this](std::vector<InterfaceSettings> interfaces, std::vector<std::string> reopened,
             const AddressSet& machines) {
        controller_->follow_machine(std::move(interfaces), std::move(reopened), machines);
      });
  controller_ = std::make_unique<DaemonController>(
      DaemonController::Settings{options_.version,
                                 {sources_of(options_), std::move(startup.services)}},
      std::move(startup.built.active), std::move(startup.control),
      DaemonController::Dependencies{*shards_, *network_, *interfaces_, output_, clock_, *log_});
}

int Daemon::run() {
  while (!events_.stopped()) {
    shards_->turn(interfaces_->next_due());
    interfaces_->follow(clock_.now());
    controller_->follow_leases();
    if (options_.exit_if_gone && interfaces_->any_is_gone()) {
      log_->error("exiting: an interface disappeared (--exit-if-gone)");
      return finish(1);
    }
  }
  return finish(0);
}

int Daemon::finish(int status) {
  web_.reset();
  shards_->finish();
  const ShardStatus shards = shards_->status(clock_.now()).sum;
  output_.finish(stop_sentence(shards.engine.counters));
  log_end(*log_, shards, network_->devices(), output_.sinks());
  if (!controller_->stop_background(max_end_time) || !routes_->stop(max_end_time))
    exit_without_destructors(status);
  return status;
}

/// The background work may use everything, so only what would outlive the process is released.
void Daemon::exit_without_destructors(int status) {
  log_->warn("background work does not finish: exiting without it");
  controller_->close_socket();
  shards_->end_services();
  output_.close_capture();
  network_->remove_guards();
  std::_Exit(status);
}

tl::expected<Spawner, SystemError> get_spawner(const RunOptions& options) {
  const auto folder = std::filesystem::path(options.configuration).parent_path();
  const std::string directory = folder.empty() ? "." : folder.string();
  if (!options.spawner.empty()) return Spawner::connect(options.spawner, directory);
  return Spawner::start({.directory = directory,
                         .user = options.service_user,
                         .users = options.service_users,
                         .allowed_users = options.allowed_users,
                         .contain = options.contain});
}

}  // namespace

int run_daemon(const RunOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // the sink reports that its file may not grow
  raise_descriptor_limit();
  const auto fail = [](const std::string& sentence) {
    fmt::print(stderr, "{}{}", sentence, sentence.ends_with('\n') ? "" : "\n");
    return 1;
  };
  survive_memory_shortage();
  auto spawner = get_spawner(options);
  if (!spawner) return fail("apiary: " + to_string(spawner.error()));

  Daemon daemon(options);
  if (auto started = daemon.start(std::move(*spawner)); !started) return fail(started.error());
  return daemon.run();
}

}  // namespace apiary

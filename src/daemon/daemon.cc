#include "daemon/daemon.h"

#include <fmt/format.h>
#include <malloc.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/counted.h"
#include "base/printable.h"
#include "config/values.h"
#include "daemon/daemon_controller.h"
#include "daemon/event_files.h"
#include "daemon/hardening.h"
#include "daemon/interface_follower.h"
#include "daemon/open_devices.h"
#include "daemon/privileges.h"
#include "daemon/route_follower.h"
#include "daemon/service_policy_of.h"
#include "daemon/shard_loop.h"
#include "device/daemon_registry.h"
#include "device/device.h"
#include "device/kernel_guard.h"
#include "device/link_monitor.h"
#include "engine/engine.h"
#include "honeynet/honeynet.h"
#include "http/web_server.h"
#include "loop/event_loop.h"
#include "loop/system_clock.h"
#include "service/service_runner.h"
#include "setup/claim.h"
#include "setup/host_key.h"
#include "setup/service_programs.h"
#include "setup/service_view.h"
#include "sink/capture.h"
#include "sink/live_feed.h"
#include "sink/log_sink.h"

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

/// Each service holds three descriptors: as many as the machine allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// All that a running daemon holds, in the order in which it is made; it goes in the reverse.
class Daemon {
 public:
  Daemon(const RunOptions& options, Spawner spawner)
      : options_(options), spawner_(std::move(spawner)) {}

  tl::expected<void, std::string> start();
  int run();
  [[noreturn]] void leave_worker_behind(int status);

 private:
  ConfigurationSources sources() const {
    return {options_.configuration,
            options_.personalities,
            {.spoofing = options_.allows_spoofing, .ids = options_.allowed_users},
            options_.signatures};
  }
  tl::expected<void, std::string> load();
  tl::expected<void, std::string> check_rights() const;
  tl::expected<void, std::string> claim();
  tl::expected<void, std::string> open(const ReceiveFilter& filter);
  tl::expected<void, std::string> hold_addresses();
  void silence_kernel();
  tl::expected<void, std::string> open_control();
  tl::expected<void, std::string> open_web();
  tl::expected<void, std::string> start_sinks();
  tl::expected<void, std::string> begin_capture();
  void begin_web();
  void know_systems();
  void report_start() const;
  void report_losses() const;
  void report_end() const;

  const RunOptions& options_;
  std::shared_ptr<spdlog::logger> logger_ = make_logger();
  SystemClock clock_;
  std::optional<Spawner> spawner_;
  ServicePolicy service_policy_;    // until it is controls_'s
  std::optional<BuiltText> built_;  // until it runs
  AddressSet nets_, claimed_;
  std::vector<std::string> inside_;  // interfaces on whose links real machines are
  std::unique_ptr<DaemonRegistry> registry_;
  std::optional<LinkMonitor> monitor_;  // until it is follower_'s
  std::vector<KernelGuard> guards_, inside_guards_;
  std::vector<std::unique_ptr<Device>> devices_;
  EventLoop events_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<RouteFollower> routes_;
  std::unique_ptr<EventPipeline> pipeline_;
  std::unique_ptr<ServiceRunner> services_;
  std::shared_ptr<LiveFeed> feed_;
  std::unique_ptr<Capture> capture_;
  std::unique_ptr<ShardLoop> loop_;
  std::optional<ControlSocket> control_socket_;
  std::unique_ptr<InterfaceFollower> follower_;
  std::unique_ptr<DaemonController> controls_;
  std::optional<WebAddress> web_address_;
  std::string web_token_;
  std::unique_ptr<HttpServer> http_;  // until it is web_'s
  std::unique_ptr<WebServer> web_;
};

tl::expected<void, std::string> Daemon::start() {
  if (auto loaded = load(); !loaded) return loaded;
  if (auto checked = check_rights(); !checked) return checked;
  if (auto claimed = claim(); !claimed) return claimed;
  const HashKey host_key = make_host_key(options_.key);
  const Honeynet& honeynet = *built_->configuration.honeynet;
  inside_ = inside_interfaces(honeynet);
  if (auto opened = open(receive_filter_of(honeynet, claimed_, {}, host_key)); !opened)
    return opened;
  if (auto held = hold_addresses(); !held) return held;
  silence_kernel();

  EngineSettings settings{
      .claimed = claimed_, .arp = options_.arp, .host_key = host_key, .seed = random_seed()};
  for (const auto& device : devices_) settings.interfaces.push_back(settings_of(*device));
  const ReceiveFilter filter = receive_filter_of(honeynet, claimed_, settings.interfaces, host_key);
  if (filter.dhcp)
    for (const auto& device : devices_)
      if (auto claimed =
              device->set_receive_filter(receive_filter_at(device->name(), filter, inside_));
          !claimed)
        return tl::unexpected(to_string(claimed.error()));
  for (const std::string& sentence : dhcp_hosts_without_link(honeynet, settings.interfaces))
    logger_->warn("{}", sentence);
  engine_ = std::make_unique<Engine>(built_->configuration.honeynet, std::move(settings));
  know_systems();
  pipeline_ = std::make_unique<EventPipeline>(*engine_, clock_);
  services_ = std::make_unique<ServiceRunner>(events_.base(), std::move(*spawner_), ServiceLimits{},
                                              *pipeline_);
  events_.stop_on(SIGINT);
  events_.stop_on(SIGTERM);
  if (auto opened = open_control(); !opened) return opened;
  if (auto opened = open_web(); !opened) return opened;
  if (auto prepared = prepare_event_files(options_.events, options_.daemon_user); !prepared)
    return prepared;
  services_->show(service_view(service_policy_, files_of(built_->living, sources()),
                               built_->configuration.scripts));
  if (auto dropped = drop_privileges(options_.daemon_user); !dropped) return dropped;
  if (auto hardened = harden_process(); !hardened)
    logger_->warn("the daemon may make every system call: {}", to_string(hardened.error()));
  auto routes =
      RouteFollower::begin(events_.base(), *engine_, *logger_, options_.allows_asymmetric);
  if (!routes) return tl::unexpected(to_string(routes.error()));
  routes_ = std::move(*routes);
  if (auto begun = start_sinks(); !begun) return begun;
  if (auto begun = begin_capture(); !begun) return begun;
  loop_ = std::make_unique<ShardLoop>(*engine_, devices_, *services_, *pipeline_, events_, clock_,
                                      capture_.get());

  follower_ = std::make_unique<InterfaceFollower>(
      std::move(*monitor_),
      InterfaceFollower::Dependencies{*engine_, *loop_, events_, *pipeline_, *logger_, devices_},
      [this](std::vector<InterfaceSettings> interfaces, std::vector<std::string> reopened,
             const AddressSet& machines) {
        controls_->follow_machine(std::move(interfaces), std::move(reopened), machines);
      });
  controls_ = std::make_unique<DaemonController>(
      DaemonController::Settings{options_.version,
                                 {sources(), nets_, std::move(service_policy_), inside_,
                                  nets_.empty() ? built_->configuration.addresses : nets_}},
      std::move(built_->living), filter, std::move(control_socket_),
      DaemonController::Dependencies{
          events_.base(), *engine_, *loop_, *services_, *pipeline_, clock_, *logger_, devices_,
          guards_, inside_guards_, *follower_,
          [this](const AddressSet& wanted) {
            return registry_->change_to(holdings_of(devices_, inside_, wanted));
          },
          feed_, capture_.get()});
  begin_web();
  built_.reset();
  malloc_trim(0);  // reading a large configuration takes a multiple of what it comes to
  return {};
}

/// A socket that was asked for must be; without the usual one, another daemon's perhaps, this one
/// can live.
tl::expected<void, std::string> Daemon::open_control() {
  if (options_.control == "off") return {};
  const bool is_usual = options_.control.empty();
  auto socket = ControlSocket::listen_at(is_usual ? default_control_path : options_.control);
  if (!socket && !is_usual) return tl::unexpected(to_string(socket.error()));
  if (socket)
    control_socket_.emplace(std::move(*socket));
  else
    logger_->warn("apiary ctl cannot reach this daemon: {}", to_string(socket.error()));
  return {};
}

/// Takes the address while there are privileges for its port.
tl::expected<void, std::string> Daemon::open_web() {
  if (options_.web.empty()) return {};
  const auto address = parse_web_address(options_.web);
  if (!address) return tl::unexpected(address.error());
  if (!options_.web_token_file.empty()) {
    auto token = read_web_token(options_.web_token_file);
    if (!token) return tl::unexpected(token.error());
    web_token_ = std::move(*token);
  } else if (!address->is_loopback) {
    return tl::unexpected(fmt::format(
        "--web {}: this address is reachable from other machines: --web-token FILE is required",
        options_.web));
  }
  auto server = HttpServer::listen_at(*address);
  if (!server) return tl::unexpected(server.error());
  web_address_ = *address;
  http_ = std::move(*server);
  return {};
}

void Daemon::begin_web() {
  if (http_ == nullptr) return;
  web_ = std::make_unique<WebServer>(std::move(http_), events_.base(), *controls_, feed_,
                                     HttpGuard(*web_address_, web_token_));
}

tl::expected<void, std::string> Daemon::begin_capture() {
  if (options_.events.capture.empty()) return {};
  std::vector<Capture::Interface> interfaces;
  for (const auto& device : devices_) interfaces.push_back({device->name(), device->link_layer()});
  auto capture = Capture::open(
      {options_.events.capture, options_.events.capture_filter, options_.events.rotation},
      interfaces, options_.version, clock_.now());
  if (!capture) return tl::unexpected(capture.error());
  capture_ = std::move(*capture);
  return {};
}

tl::expected<void, std::string> Daemon::start_sinks() {
  auto opened = open_event_sinks(options_.events, options_.version, clock_.now());
  if (!opened) return tl::unexpected(opened.error());
  for (const std::string& remark : opened->remarks) logger_->warn("{}", remark);
  opened->sinks.push_back(std::make_unique<LogSink>(logger_));
  feed_ = std::make_shared<LiveFeed>(make_json_form(options_.version),
                                     HashKey{random_seed(), random_seed()}, clock_.now());
  opened->sinks.push_back(std::make_unique<LiveFeedSink>(feed_));
  pipeline_->begin(std::move(opened->sinks));
  return {};
}

tl::expected<void, std::string> Daemon::load() {
  auto built = build_file(sources());
  if (!built) return tl::unexpected(std::move(built.error()));
  fmt::print(stderr, "{}", built->remarks);
  built_ = std::move(*built);
  service_policy_ = service_policy_of(options_, spawner_->directory());
  for (const MissingProgram& missing :
       missing_programs(built_->configuration.scripts, service_policy_))
    logger_->warn("{}", missing.sentence);
  return {};
}

/// Without signatures all works but that.
void Daemon::know_systems() {
  LoadedSignatures loaded = load_signatures(options_.signatures);
  for (const std::string& complaint : loaded.complaints) logger_->warn("{}", printable(complaint));
  if (!loaded.problem.empty()) logger_->info("{}", printable(loaded.problem));
  for (const std::string& sentence : sentences_on_systems(*engine_->honeynet(), *loaded.database))
    logger_->warn("{}", printable(sentence));
  engine_->adopt(std::move(loaded.database));
}

tl::expected<void, std::string> Daemon::check_rights() const {
  const std::vector<std::string>& names = options_.interfaces;
  const auto is_tun = [](const std::string& name) {
    return parse_device_spec(name).type == DeviceType::tun;
  };
  const auto checked = check_privileges(
      {.packet_sockets = !std::ranges::all_of(names, is_tun) || names.empty() ||
                         !built_->configuration.honeynet->topology().tunnels().empty() ||
                         !built_->configuration.honeynet->parts().real_machines.empty(),
       .makes_interfaces = std::ranges::any_of(names, is_tun),
       .takes_addresses = std::ranges::any_of(built_->configuration.proxies,
                                              [](const ProxyUse& use) {
                                                return use.proxy.disclosure ==
                                                       VisitorDisclosure::transparent;
                                              }),
       .daemon_user = options_.daemon_user,
       .service_user = options_.service_user});
  if (!checked) return tl::unexpected(checked.error());
  for (const std::string& remark : *checked) logger_->warn("{}", remark);
  return {};
}

tl::expected<void, std::string> Daemon::claim() {
  auto nets = parse_nets(options_.nets);
  if (!nets) return tl::unexpected(nets.error());
  for (const std::string& net : options_.nets)
    if (const auto remark = remark_on_host_bits(net)) logger_->warn("{}", remark->message);
  nets_ = std::move(*nets);
  AddressSet wanted = nets_.empty() ? built_->configuration.addresses : nets_;
  const bool asks_servers = !built_->configuration.honeynet->parts().dhcp.empty();
  if (wanted.empty() && !asks_servers)
    return tl::unexpected(fmt::format(
        "no addresses to answer for: {} binds and routes none; name them, for example 10.0.0.0/24",
        options_.configuration));
  auto settled = exclude_own_addresses(std::move(wanted));
  if (!settled) return tl::unexpected(settled.error());
  for (const std::string& remark : settled->remarks) logger_->info("{}", remark);
  claimed_ = std::move(settled->addresses);
  if (claimed_.empty() && !asks_servers)
    return tl::unexpected(std::string("all addresses to claim are this machine's own"));
  return {};
}

tl::expected<void, std::string> Daemon::open(const ReceiveFilter& filter) {
  auto monitor = LinkMonitor::open();
  if (!monitor) return tl::unexpected(to_string(monitor.error()));
  monitor_ = std::move(*monitor);
  auto open = open_devices(options_.interfaces, *built_->configuration.honeynet, filter);
  if (!open) return tl::unexpected(std::move(open.error()));
  for (const std::string& remark : open->remarks) logger_->warn("{}", remark);
  devices_ = std::move(open->devices);
  return {};
}

/// Before anything is changed that another daemon may have a part in.
tl::expected<void, std::string> Daemon::hold_addresses() {
  const AddressSet& wanted = nets_.empty() ? built_->configuration.addresses : nets_;
  auto registry = DaemonRegistry::join(holdings_of(devices_, inside_, wanted));
  if (!registry) return tl::unexpected(std::move(registry.error()));
  registry_ = std::move(*registry);
  events_.call_when_readable(registry_->descriptor(), [this] { registry_->answer(); });
  if (auto removed = remove_orphaned_silences(registry_->number()); !removed)
    logger_->warn("cannot remove the routing rules of a dead daemon: {}",
                  to_string(removed.error()));
  return {};
}

void Daemon::silence_kernel() {
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    const auto& device = devices_[i];
    if (device->link_layer() != LinkLayer::ethernet) continue;
    const bool is_inside =
        std::find(inside_.begin(), inside_.end(), device->name()) != inside_.end();
    auto guard = KernelGuard::impose(
        device->name(),
        receive_filter_at(device->name(), {.addresses = claimed_}, inside_).addresses,
        silence_number(registry_->number(), i));
    if (!guard) {
      logger_->warn("the kernel may answer packets for honeypots: {}", to_string(guard.error()));
      continue;
    }
    if (!guard->gap().empty()) logger_->warn("{}", guard->gap());
    (is_inside ? inside_guards_ : guards_).push_back(std::move(*guard));
  }
}

int Daemon::run() {
  report_start();
  int status = 0;
  while (!events_.stopped()) {
    loop_->turn(follower_->next_due());
    follower_->follow(clock_.now());
    controls_->follow_leases();
    if (options_.exit_if_gone && follower_->any_is_gone()) {
      logger_->error("exiting: an interface disappeared (--exit-if-gone)");
      status = 1;
      break;
    }
  }
  web_.reset();
  loop_->finish();
  if (capture_ != nullptr) {
    capture_->finish();
    for (EventBody& what : capture_->take_news()) pipeline_->tell(std::move(what));
  }
  pipeline_->finish(fmt::format("stopping: {} received, {} sent",
                                counted(engine_->counters().received.all_packets(), "packet"),
                                engine_->counters().sent.all_packets()));
  report_end();
  report_losses();
  if (!controls_->stop_background(max_end_time) || !routes_->stop(max_end_time))
    leave_worker_behind(status);
  return status;
}

/// What the worker does may use all that this object has, so nothing is let go but what would stay.
void Daemon::leave_worker_behind(int status) {
  logger_->warn("background work does not finish: exiting without it");
  controls_->close_socket();
  services_.reset();
  capture_.reset();
  (void)remove_orphaned_silences(registry_->number());
  std::_Exit(status);
}

void Daemon::report_start() const {
  std::string names;
  for (const auto& device : devices_) names += (names.empty() ? "" : ", ") + device->name();
  const std::size_t askers = engine_->honeynet()->parts().dhcp.size();
  std::string subjects;
  if (!claimed_.empty())
    subjects = fmt::format("{} ({})", to_string(claimed_), counted(claimed_.size(), "address"));
  if (askers > 0)
    subjects +=
        fmt::format("{}the leases of {}", subjects.empty() ? "" : " and ", counted(askers, "host"));
  const std::string sentence = fmt::format("answering for {} on {}", subjects, names);
  logger_->info("{}", sentence);
  if (web_address_) logger_->info("dashboard: {}", url_of(*web_address_));
  pipeline_->tell(events::DaemonEvent::Kind::start, sentence);
}

/// A sink that could not write is waited for only so long.
void Daemon::report_losses() const {
  std::vector<SinkStatus> sinks = pipeline_->sinks();
  if (capture_ != nullptr) sinks.push_back(capture_->status());
  for (const SinkStatus& sink : sinks)
    if (sink.lost > 0)
      logger_->warn("  {} lost by {}{}{}", sink.lost, sink.name, sink.trouble.empty() ? "" : "; ",
                    sink.trouble);
}

void Daemon::report_end() const {
  const Counters& counters = engine_->counters();
  logger_->info("stopping: {} received, {} sent",
                counted(counters.received.all_packets(), "packet"), counters.sent.all_packets());
  for (std::size_t i = 0; i < counters.drops.size(); ++i)
    if (counters.drops[i] > 0)
      logger_->info("  {} dropped: {}", counters.drops[i], describe(static_cast<DropReason>(i)));
  if (loop_->untransmitted() > 0)
    logger_->warn("  {} not sent: the interface refused them", loop_->untransmitted());
  for (const auto& device : devices_) {
    const DeviceCounters lost = device->counters();
    if (lost.receive_drops > 0)
      logger_->warn("  {} dropped by the kernel on {}: receive ring full", lost.receive_drops,
                    device->name());
    if (lost.skipped > 0) logger_->warn("  {} refused by {}", lost.skipped, device->name());
  }
}

}  // namespace

namespace {

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
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is a sink's trouble, not our end
  raise_descriptor_limit();
  const auto fail = [](const std::string& sentence) {
    fmt::print(stderr, "{}{}", sentence, sentence.ends_with('\n') ? "" : "\n");
    return 1;
  };
  survive_memory_shortage();
  auto spawner = get_spawner(options);
  if (!spawner) return fail("apiary: " + to_string(spawner.error()));

  Daemon daemon(options, std::move(*spawner));
  if (auto started = daemon.start(); !started) return fail(started.error());
  return daemon.run();
}

}  // namespace apiary

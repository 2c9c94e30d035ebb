#include "daemon/startup.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/printable.h"
#include "daemon/event_files.h"
#include "daemon/privileges.h"
#include "daemon/service_policy_of.h"
#include "daemon/thread_obstacle.h"
#include "honeynet/honeynet.h"
#include "setup/host_key.h"
#include "setup/service_programs.h"

namespace apiary {
namespace {

tl::expected<void, std::string> load(const RunOptions& options, Startup& startup,
                                     spdlog::logger& log) {
  auto built = build_file(sources_of(options));
  if (!built) return tl::unexpected(std::move(built.error()));
  fmt::print(stderr, "{}", built->remarks);
  startup.built = std::move(*built);
  startup.services = service_policy_of(options, startup.spawner.directory());
  for (const MissingProgram& missing :
       missing_programs(startup.built.configuration.scripts, startup.services))
    log.warn("{}", missing.sentence);
  return {};
}

tl::expected<void, std::string> check_rights(const RunOptions& options,
                                             const Configuration& configuration,
                                             spdlog::logger& log) {
  const Honeynet& honeynet = *configuration.honeynet;
  const std::vector<std::string>& names = options.interfaces;
  const auto is_tun = [](const std::string& name) {
    return parse_device_spec(name).type == DeviceType::tun;
  };
  const auto checked = check_privileges(
      {.packet_sockets = !std::ranges::all_of(names, is_tun) || names.empty() ||
                         !honeynet.topology().tunnels().empty() ||
                         !honeynet.parts().physical_hosts.empty(),
       .makes_interfaces = std::ranges::any_of(names, is_tun),
       .uses_xdp = std::ranges::any_of(names,
                                       [](const std::string& name) {
                                         return parse_device_spec(name).io != EthernetIo::packet;
                                       }),
       .takes_addresses = std::ranges::any_of(configuration.proxies,
                                              [](const ProxyUse& use) {
                                                return use.proxy.disclosure ==
                                                       VisitorDisclosure::transparent;
                                              }),
       .daemon_user = options.daemon_user,
       .service_user = options.service_user});
  if (!checked) return tl::unexpected(checked.error());
  for (const std::string& remark : *checked) log.warn("{}", remark);
  return {};
}

/// The devices receive for the hosts with DHCP, whose MAC addresses depend on the interfaces.
tl::expected<void, std::string> receive_for_dhcp(Startup& startup, spdlog::logger& log) {
  const Honeynet& honeynet = *startup.built.configuration.honeynet;
  startup.interfaces = settings_of(startup.network->devices());
  for (const std::string& sentence : dhcp_hosts_without_link(honeynet, startup.interfaces))
    log.warn("{}", sentence);
  return startup.network->receive(receive_filter_of(
      honeynet, startup.network->receive_filter().addresses, startup.interfaces, startup.host_key));
}

/// Loads the signatures of visitors' systems. Without them everything else works.
void load_visitor_systems(const RunOptions& options, Startup& startup, spdlog::logger& log) {
  LoadedSignatures loaded = load_signatures(options.signatures);
  for (const std::string& error : loaded.errors) log.warn("{}", printable(error));
  if (!loaded.problem.empty()) log.info("{}", printable(loaded.problem));
  for (const std::string& sentence :
       sentences_on_systems(*startup.built.configuration.honeynet, *loaded.database))
    log.warn("{}", printable(sentence));
  startup.signatures = std::move(loaded.database);
}

/// The socket that the operator named must open. The usual one may belong to another daemon.
tl::expected<void, std::string> open_control(const RunOptions& options, Startup& startup,
                                             spdlog::logger& log) {
  if (options.control == "off") return {};
  const bool is_usual = options.control.empty();
  auto socket = listen_for_control(is_usual ? default_control_path : options.control);
  if (!socket && !is_usual) return tl::unexpected(to_string(socket.error()));
  if (socket)
    startup.control.emplace(std::move(*socket));
  else
    log.warn("apiary ctl cannot reach this daemon: {}", to_string(socket.error()));
  return {};
}

}  // namespace

tl::expected<Startup, std::string> start_as_root(const RunOptions& options, Spawner spawner,
                                                 spdlog::logger& log) {
  Startup startup{.spawner = std::move(spawner), .host_key = make_host_key(options.key)};
  if (auto loaded = load(options, startup, log); !loaded) return tl::unexpected(loaded.error());
  const Configuration& configuration = startup.built.configuration;
  if (const auto obstacle = thread_obstacle(*configuration.honeynet, options.threads))
    return tl::unexpected(*obstacle);
  if (auto checked = check_rights(options, configuration, log); !checked)
    return tl::unexpected(checked.error());
  auto network = ClaimedNetwork::open(options, configuration, startup.host_key, log);
  if (!network) return tl::unexpected(network.error());
  startup.network = std::move(*network);
  if (auto received = receive_for_dhcp(startup, log); !received)
    return tl::unexpected(received.error());
  load_visitor_systems(options, startup, log);
  if (auto opened = open_control(options, startup, log); !opened)
    return tl::unexpected(opened.error());
  auto web = listen_for_web(options);
  if (!web) return tl::unexpected(web.error());
  startup.web = std::move(*web);
  if (auto prepared = prepare_event_files(options.events, options.daemon_user); !prepared)
    return tl::unexpected(prepared.error());
  startup.view = service_view(startup.services, files_of(startup.built.active, sources_of(options)),
                              startup.built.configuration.scripts);
  return startup;
}

}  // namespace apiary

#include <algorithm>
#include <map>

#include "base/shard_share.h"
#include "cli/commands.h"
#include "cli/event_options.h"
#include "cli/option_values.h"
#include "cli/service_options.h"
#include "control/control_protocol.h"
#include "daemon/daemon.h"
#include "device/device_spec.h"
#include "device/network_interface.h"

namespace apiary {
namespace {

const std::map<std::string, ArpMode> arp_modes = {
    {"ask", ArpMode::ask_first}, {"force", ArpMode::force}, {"off", ArpMode::off}};

void add_claim_options(CLI::App& run, RunOptions& options) {
  run.add_option("-f,--file", options.configuration, "The configuration")
      ->type_name("FILE")
      ->required();
  run.add_option("-i,--interface", options.interfaces,
                 "Interface that receives the packets: eth0, xdp:eth0, or tun:NAME to create one; "
                 "repeatable (default: that of the default route)")
      ->type_name("IFACE")
      ->allow_extra_args(false);
  limit_to(*run.add_option("--io", options.io,
                           "How frames go in and out of interfaces whose names have no prefix: "
                           "packet (packet sockets), xdp (AF_XDP), xdp-generic (AF_XDP for drivers "
                           "without XDP), tun")
                ->type_name("KIND")
                ->capture_default_str(),
           {"packet", "xdp", "xdp-generic", "tun"});
  run.add_option("NET", options.nets,
                 "Addresses to answer for: addresses, prefixes, ranges a-b (default: all that the "
                 "configuration binds and routes)");
  limit_to(
      *run.add_option_function<std::string>(
              "--arp", [&options](const std::string& mode) { options.arp = arp_modes.at(mode); },
              "Answer ARP for these addresses: ask (if a probe finds no real machine), force "
              "(always), off")
           ->type_name("MODE")
           ->default_str("ask"),
      {"ask", "force", "off"});
  add_number_option(
      run, "--threads", [&options](std::uint64_t count) { options.threads = count; }, max_shards,
      "Threads that handle packets, each for its share of the addresses; not with virtual routers, "
      "DHCP, egress lists, or conditions on the visitor's system")
      ->check([](const std::string& text) {
        const bool is_zero = text.find_first_not_of('0') == std::string::npos;
        return std::string(is_zero ? "it must be 1 or more" : "");
      })
      ->default_str("1");
  run.add_option("--key", options.key,
                 "Secret from which each host's individual values derive; daemons with the same "
                 "key show the same hosts (default: /etc/machine-id)")
      ->type_name("TEXT");
}

void add_identity_options(CLI::App& run, RunOptions& options) {
  add_user_option(run, "--daemon-user", options.daemon_user,
                  "User that the daemon becomes after its start");
  run.add_flag("--allow-spoof", options.allows_spoofing,
               "Obey `set ... spoof`: hosts then send to addresses that sent them nothing");
  run.add_flag("--exit-if-gone", options.exit_if_gone,
               "Exit with status 1 if an interface disappears, instead of waiting for it");
}

void add_access_options(CLI::App& run, RunOptions& options) {
  run.add_flag(
      "--allow-asymmetric", options.allows_asymmetric,
      "Answer visitors on an interface even if this machine reaches their address by another one");
  run.add_option("--control", options.control, "Control socket, for apiary ctl; off: none")
      ->type_name("PATH")
      ->default_str(default_control_path);
  auto* const web =
      run.add_option(
             "--web", options.web,
             "Serve the dashboard and /metrics: for apiary web at unix:PATH (without ADDRESS: "
             "unix:/run/apiary/web.sock), or at an address such as 127.0.0.1:8080")
          ->type_name("ADDRESS")
          ->expected(0, 1)
          ->default_str("unix");
  run.add_option("--web-token", options.web_token_file,
                 "File whose first line is the token that requests require (default on a loopback "
                 "address: /run/apiary/web-token, which the daemon creates)")
      ->type_name("FILE")
      ->needs(web);
  run.add_option("--web-group", options.web_group,
                 "Group whose members may open the Unix socket of --web (default: that of the "
                 "daemon's user)")
      ->type_name("GROUP")
      ->needs(web);
}

/// Gives the interfaces the prefix that --io names.
void apply_io(RunOptions& options) {
  if (options.interfaces.empty() && options.io.starts_with("xdp"))
    if (const auto name = default_interface()) options.interfaces.push_back(*name);
  for (std::string& name : options.interfaces) name = with_io(options.io, name);
}

void check_run_options(const CLI::App& run, const RunOptions& options) {
  check_event_options(run, options.events);
  const auto is_tun = [](const std::string& name) {
    return parse_device_spec(name).type == DeviceType::tun;
  };
  if (run.get_option("--arp")->count() > 0 && !options.interfaces.empty() &&
      std::all_of(options.interfaces.begin(), options.interfaces.end(), is_tun))
    throw CLI::ValidationError("--arp", "tun: interfaces have no ARP: remove the option");
}

}  // namespace

void add_run_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* const run = app.add_subcommand("run", "Run a honeynet in the foreground");
  options->version = APIARY_VERSION;
  add_claim_options(*run, *options);
  add_identity_options(*run, *options);
  add_service_options(*run, *options);
  run->add_option("--spawner", options->spawner,
                  "Socket of an apiary spawner, which then starts the services, with the users and "
                  "sandboxes of its own options (default: the daemon forks a spawner)")
      ->type_name("PATH");
  add_access_options(*run, *options);
  add_event_options(*run, options->events);
  add_personalities_option(*run, options->personalities);
  run->add_option("--os-signatures", options->signatures,
                  "p0f's signatures, which identify the operating systems of visitors")
      ->type_name("FILE")
      ->capture_default_str();
  run->callback([options, run, &action] {
    apply_io(*options);
    check_run_options(*run, *options);
    action = [options] { return run_daemon(*options); };
  });
}

}  // namespace apiary

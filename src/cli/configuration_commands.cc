// The subcommands that read a configuration, and need no privilege and no daemon.
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/format.h"
#include "cli/option_values.h"
#include "cli/replay.h"
#include "cli/service_options.h"
#include "cli/topology_command.h"
#include "loop/system_clock.h"
#include "setup/explain.h"

namespace apiary {

void add_check_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* const check = app.add_subcommand("check", "Check a configuration for errors");
  check->add_option("FILE", options->configuration, "The configuration")->required();
  check->add_flag("--json", options->json, "Print JSON");
  check->add_flag("--strict", options->strict,
                  "Fail on warnings, too, and on statements that are not supported yet");
  add_service_user_options(*check, options->service_user, options->allowed_users);
  add_personalities_option(*check, options->personalities);
  check->callback([options, &action] { action = [options] { return run_check(*options); }; });
}

void add_explain_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* const explain = app.add_subcommand(
      "explain", "Show which host is at an address, the path to it and what answers, and why");
  explain->add_option("FILE", options->configuration, "The configuration")->required();
  explain->add_option("IP", options->address, "The address")->required();
  limit_to(*explain->add_option("PROTO", options->protocol, "tcp, udp or icmp"),
           {"tcp", "udp", "icmp"});
  explain->add_option("PORT", options->port, "Number or service name");
  explain->add_option("--from", options->visitor, "Visitor's address, for conditions")
      ->type_name("IP")
      ->capture_default_str();
  explain
      ->add_option("--from-os", options->visitor_system,
                   "The visitor's operating system, as p0f calls it (default: unknown)")
      ->type_name("TEXT");
  explain
      ->add_option("--key", options->key, "Key of apiary run, from which the host's values derive")
      ->type_name("TEXT");
  add_contain_option(*explain, options->contain);
  explain->add_flag("--allow-spoof", options->allows_spoofing, "As with apiary run");
  add_personalities_option(*explain, options->personalities);
  explain->callback([options, &action] {
    if (options->protocol == "icmp" && !options->port.empty())
      throw CLI::ValidationError("PORT", "icmp has no ports: leave '" + options->port + "' out");
    action = [options] { return run_explain(*options, SystemClock().now()); };
  });
}

void add_topology_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<TopologyOptions>();
  CLI::App* const topology = app.add_subcommand(
      "topology", "Draw the routers of a configuration and the networks behind them");
  topology->add_option("FILE", options->configuration, "The configuration")->required();
  auto* const all = topology->add_flag("--all", options->all, "Print everything, however long");
  auto* const dot = topology->add_flag("--dot", options->dot, "Print a graph for Graphviz");
  auto* const svg =
      topology->add_flag("--svg", options->svg, "Print an SVG picture; needs dot(1) of Graphviz");
  all->excludes(dot)->excludes(svg);
  svg->excludes(dot);
  add_personalities_option(*topology, options->personalities);
  topology->callback([options, &action] { action = [options] { return run_topology(*options); }; });
}

void add_format_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<FormatOptions>();
  CLI::App* const format = app.add_subcommand("fmt", "Format a configuration");
  format->add_option("FILE", options->configuration, "The configuration")->required();
  format->add_flag("-w,--write", options->write, "Write the result back to the file");
  format->callback([options, &action] { action = [options] { return run_format(*options); }; });
}

void add_replay_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* const replay = app.add_subcommand("replay", "Show a honeynet's replies to a capture");
  replay->add_option("-f,--file", options->configuration, "The configuration")
      ->type_name("FILE")
      ->required();
  replay->add_option("IN.pcap", options->input, "The capture: Ethernet or raw IP")->required();
  replay->add_option("-o,--output", options->output, "Write the replies to this capture file")
      ->type_name("OUT.pcap");
  replay->add_option("--net", options->nets, "Addresses to answer for, as with run")
      ->type_name("NET")
      ->allow_extra_args(false);
  replay
      ->add_option("--key", options->key,
                   "Secret from which each host's individual values derive; the same key and seed "
                   "give the same replies")
      ->type_name("TEXT")
      ->capture_default_str();
  add_number_option(
      *replay, "--seed", [options](std::uint64_t seed) { options->seed = seed; }, UINT64_MAX,
      "Seed for random events, such as loss on links")
      ->default_str("0");
  add_personalities_option(*replay, options->personalities);
  replay->callback([options, &action] { action = [options] { return run_replay(*options); }; });
}

}  // namespace apiary

// The subcommand that examines a honeynet as an attacker would.
#include "prober/audit_command.h"

#include "cli/commands.h"
#include "cli/option_values.h"

namespace apiary {
namespace {

void check_combination(AuditOptions& options) {
  if (!options.live) {
    if (options.configuration.empty())
      throw CLI::RequiredError("FILE, the configuration to audit, or --live");
    if (!options.interface.empty())
      throw CLI::ValidationError("-i", "belongs to --live: an audit in memory has no interface");
    return;
  }
  // What follows the first network is also one.
  if (!options.configuration.empty())
    options.nets.insert(options.nets.begin(), std::exchange(options.configuration, {}));
  if (options.interface.empty())
    throw CLI::RequiredError("-i INTERFACE, the way to the network, which --live");
  if (options.nets.empty()) throw CLI::RequiredError("NET, the addresses to audit, which --live");
  if (options.runs_services)
    throw CLI::ValidationError("--run-services", "belongs to an audit in memory, not to --live");
}

}  // namespace

void add_audit_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<AuditOptions>();
  CLI::App* const audit = app.add_subcommand(
      "audit", "Find out what distinguishes hosts from real machines, in memory or on a network");
  audit->add_option("FILE", options->configuration,
                    "The configuration; with --live: the first network to audit");
  audit->add_option("NET", options->nets,
                    "Addresses: with --live those to audit, else those to answer for, as with run");
  audit->add_flag("--live", options->live,
                  "Audit the hosts of a network with real packets, whatever they are; needs root");
  audit
      ->add_option("-i,--interface", options->interface,
                   "With --live: the interface to the network")
      ->type_name("INTERFACE");
  add_number_option(
      *audit, "--rate",
      [options](std::uint64_t rate) {
        if (rate == 0) throw CLI::ValidationError("--rate", "0 packets per second audit nothing");
        options->packets_per_second = rate;
      },
      10'000, "With --live: packets per second")
      ->default_str("100");
  add_time_option(
      *audit, "--listen", [options](Duration time) { options->listening = time; },
      "With --live: the time to wait for packets that come late or unasked")
      ->default_str("20s");
  add_time_option(
      *audit, "--clock-span", [options](Duration time) { options->clock_span = time; },
      "With --live: the time between two readings of each clock; half an hour shows its skew")
      ->default_str("0");
  add_number_option(
      *audit, "--hosts", [options](std::uint64_t hosts) { options->max_hosts = hosts; }, 4096,
      "Examine at most this number of hosts (default: 64 in memory, 8 with --run-services, 16 "
      "live)");
  audit->add_flag("--run-services", options->runs_services,
                  "Start the programs of services, as this user and without a sandbox");
  audit->add_option("--key", options->key, "Key of apiary run, from which the hosts' values derive")
      ->type_name("TEXT")
      ->capture_default_str();
  audit->add_flag("--json", options->json, "Print JSON");
  add_personalities_option(*audit, options->personalities);
  audit->callback([options, &action] {
    check_combination(*options);
    action = [options] { return run_audit(*options); };
  });
}

}  // namespace apiary

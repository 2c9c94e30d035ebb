// The command line and its wiring; nothing else.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>

#include "ask/events_command.h"
#include "ask/report_command.h"
#include "ask/top_command.h"
#include "base/duration_text.h"
#include "control/control_client.h"
#include "doctor/doctor.h"
#include "runtime/check.h"
#include "runtime/daemon.h"
#include "runtime/explain.h"
#include "runtime/format.h"
#include "runtime/personality_command.h"
#include "runtime/replay.h"
#include "runtime/system_clock.h"
#include "runtime/topology_command.h"

namespace {

constexpr int usage_error = 2;

constexpr const char* examples = R"(Examples:
  sudo apiary run -f examples/flat.conf -i eth0 192.168.1.192/26
      answer for unused addresses of the network that eth0 is on (proxy ARP)
  sudo apiary run -f examples/figure5.conf -i eth0
      answer for all that the file binds and routes; a router sends it here
  sudo apiary run -f examples/figure5.conf -i tun:honey 10.0.0.0/8
      the same for this machine alone, through an interface made for it
  sudo apiary doctor -f examples/flat.conf -i eth0
      say why packets do or do not reach the honeypots, and what mends it
  apiary check examples/figure5.conf
      say everything that is wrong with a configuration
  apiary explain examples/figure5.conf 10.1.0.2 tcp 80
      say what answers there, and which lines of the file make it so
  sudo apiary ctl 'bind 10.0.0.9 netbsd'
      change the daemon that runs; apiary ctl help lists what else there is
  apiary replay -f examples/figure5.conf scan.pcap
      show what the honeynet would answer to a capture
)";

const std::map<std::string, apiary::ArpMode> arp_modes = {{"ask", apiary::ArpMode::ask_first},
                                                          {"force", apiary::ArpMode::force},
                                                          {"off", apiary::ArpMode::off}};

std::string is_duration(const std::string& text) {
  return apiary::parse_duration(text) ? "" : "'" + text + "' is no time such as 90s, 15m, 12h, 7d";
}

template <class Options>
void add_common_options(CLI::App& command, Options& options) {
  command
      .add_option("--personalities", options.personalities,
                  "Nmap's fingerprints, from which personalities are made")
      ->type_name("FILE")
      ->capture_default_str();
}

void add_event_options(CLI::App& run, apiary::EventOptions& events) {
  const char* const group = "Events";
  run.add_option("--events", events.json_lines, "Write events to this file, a JSON object a line")
      ->type_name("FILE")
      ->group(group);
  run.add_option("-l,--packet-log", events.packet_log,
                 "Write a line for each packet and conversation, as Honeyd's packet log")
      ->type_name("FILE")
      ->group(group);
  run.add_option("-s,--service-log", events.service_log,
                 "Write what services say, as Honeyd's service log")
      ->type_name("FILE")
      ->group(group);
  run.add_option("--syslog", events.syslog,
                 "Send events to a syslog (RFC 5424): unix:/dev/log, udp:HOST[:PORT], "
                 "tcp:HOST[:PORT]")
      ->type_name("WHERE")
      ->group(group);
  run.add_option("--store", events.store,
                 "Keep events in this SQLite database, which apiary events reads")
      ->type_name("FILE")
      ->group(group);
  run.add_option_function<std::string>(
         "--store-age",
         [&events](const std::string& text) {
           events.retention.age = *apiary::parse_duration(text);
         },
         "Remove what is older from the store; 0: never (default: 30d)")
      ->type_name("TIME")
      ->check(is_duration)
      ->group(group);
  run.add_option("--store-size", events.retention.size_bytes,
                 "Remove the oldest from the store when it is larger; 0: never")
      ->type_name("SIZE")
      ->default_str("2G")
      ->transform(CLI::AsSizeValue(false))
      ->group(group);
  run.add_option("--rotate-size", events.rotation.size_bytes,
                 "Begin a new file when one would be larger; 0: never")
      ->type_name("SIZE")
      ->default_str("256M")
      ->transform(CLI::AsSizeValue(false))
      ->group(group);
  run.add_option_function<std::string>(
         "--rotate-time",
         [&events](const std::string& text) {
           events.rotation.period = *apiary::parse_duration(text);
         },
         "Begin a new file when one is so old: 12h, 1d")
      ->type_name("TIME")
      ->check(is_duration)
      ->group(group);
  run.add_option("--capture", events.capture,
                 "Write packets to this pcapng file, with remarks on what became of them")
      ->type_name("FILE")
      ->group(group);
  run.add_option("--capture-filter", events.capture_filter,
                 "Which packets, as of tcpdump: 'tcp port 22'")
      ->type_name("FILTER")
      ->group(group);
  run.add_option(
         "--disk-budget", events.rotation.budget_bytes,
         "Remove the oldest of a file's predecessors when together they are larger; 0: never")
      ->type_name("SIZE")
      ->default_str("4G")
      ->transform(CLI::AsSizeValue(false))
      ->group(group);
}

void add_run(CLI::App& app, int& status) {
  auto options = std::make_shared<apiary::RunOptions>();
  CLI::App* const run =
      app.add_subcommand("run", "Run the honeynet of a configuration, in the foreground");
  run->add_option("-f,--file", options->configuration, "The configuration")
      ->type_name("FILE")
      ->required();
  run->add_option("-i,--interface", options->interfaces,
                  "Where packets come in: eth0, or tun:NAME for an interface to be made; may be "
                  "given several times (default: where the default route leads)")
      ->type_name("IFACE")
      ->allow_extra_args(false);
  run->add_option("NET", options->nets,
                  "What to answer for: addresses, prefixes, ranges a-b (default: all that the "
                  "configuration binds and routes)");
  run->add_option_function<std::string>(
         "--arp", [options](const std::string& mode) { options->arp = arp_modes.at(mode); },
         "Answer ARP for these addresses: ask (when no real machine has them), force (always), off "
         "(default: ask)")
      ->type_name("MODE")
      ->check([](const std::string& mode) {
        return arp_modes.contains(mode) ? "" : "'" + mode + "' is none of ask, force, off";
      });
  run->add_option("--key", options->key,
                  "What the hosts' individual traits derive from; daemons with the same key show "
                  "the same hosts (default: this machine's identity)")
      ->type_name("TEXT");
  run->add_option("--service-user", options->service_user, "Whom services run as")
      ->type_name("NAME")
      ->capture_default_str();
  run->add_option("--daemon-user", options->daemon_user,
                  "Whom the daemon becomes when everything is open")
      ->type_name("NAME")
      ->capture_default_str();
  run->add_flag("--allow-spoof", options->allows_spoofing,
                "Let hosts answer from and to the addresses that `set ... spoof` names");
  run->add_option("--control", options->control,
                  std::string("The socket that apiary ctl speaks to; off: none (default: ") +
                      apiary::default_control_path + ")")
      ->type_name("PATH");
  run->add_option("--web", options->web,
                  "Serve the page and /metrics here: 127.0.0.1:8080; elsewhere than on loopback it "
                  "takes a token")
      ->type_name("ADDRESS:PORT");
  run->add_option("--web-token", options->web_token_file,
                  "Take the token in this file's first line, to look on from elsewhere and to "
                  "change the configuration")
      ->type_name("FILE");
  options->version = APIARY_VERSION;
  add_event_options(*run, options->events);
  add_common_options(*run, *options);
  run->callback([options, &status] { status = apiary::run_daemon(*options); });
}

void add_check(CLI::App& app, int& status) {
  auto options = std::make_shared<apiary::CheckOptions>();
  CLI::App* const check =
      app.add_subcommand("check", "Say everything that is wrong with a configuration");
  check->add_option("FILE", options->configuration, "The configuration")->required();
  check->add_flag("--json", options->json, "In JSON");
  check->add_flag("--strict", options->strict,
                  "Fail on warnings, too, and on what is not acted on yet");
  check->add_option("--service-user", options->service_user, "Whom services would run as")
      ->type_name("NAME")
      ->capture_default_str();
  add_common_options(*check, *options);
  check->callback([options, &status] { status = apiary::run_check(*options); });
}

void add_explain(CLI::App& app, int& status) {
  auto options = std::make_shared<apiary::ExplainOptions>();
  CLI::App* const explain = app.add_subcommand(
      "explain", "Say what is at an address, how packets get there and what answers, and why");
  explain->add_option("FILE", options->configuration, "The configuration")->required();
  explain->add_option("IP", options->address, "The address")->required();
  explain->add_option("PROTO", options->protocol, "tcp, udp or icmp");
  explain->add_option("PORT", options->port, "By number or name");
  explain->add_option("--from", options->visitor, "Who asks, where that matters")
      ->type_name("IP")
      ->capture_default_str();
  explain->add_option("--key", options->key, "As of apiary run: what the host's values derive from")
      ->type_name("TEXT");
  explain->add_flag("--allow-spoof", options->allows_spoofing, "As of apiary run");
  add_common_options(*explain, *options);
  explain->callback(
      [options, &status] { status = apiary::run_explain(*options, apiary::SystemClock().now()); });
}

void add_doctor(CLI::App& app, int& status) {
  auto options = std::make_shared<apiary::DoctorOptions>();
  CLI::App* const doctor = app.add_subcommand(
      "doctor", "Say why packets do or do not reach the honeypots, and what mends it");
  doctor->add_option("-f,--file", options->configuration, "The configuration")->type_name("FILE");
  doctor
      ->add_option("-i,--interface", options->interface,
                   "Where packets are to come in, as with run (default: where the default route "
                   "leads)")
      ->type_name("IFACE");
  doctor->add_option("NET", options->nets, "What to answer for, as with run");
  doctor->add_option("--control", options->control, "The socket that the daemon is to listen at")
      ->type_name("PATH")
      ->capture_default_str();
  doctor->add_flag("--json", options->json, "In JSON");
  add_common_options(*doctor, *options);
  doctor->callback([options, &status] { status = apiary::run_doctor(*options); });
}

void add_topology(CLI::App& app, int& status) {
  auto options = std::make_shared<apiary::TopologyOptions>();
  CLI::App* const topology =
      app.add_subcommand("topology", "Draw the routers of a configuration and what is behind them");
  topology->add_option("FILE", options->configuration, "The configuration")->required();
  topology->add_flag("--all", options->all, "Everything, however much it is");
  auto* const dot = topology->add_flag("--dot", options->dot, "For Graphviz");
  topology->add_flag("--svg", options->svg, "As a picture, which Graphviz draws")->excludes(dot);
  add_common_options(*topology, *options);
  topology->callback([options, &status] { status = apiary::run_topology(*options); });
}

void add_format(CLI::App& app, int& status) {
  auto options = std::make_shared<apiary::FormatOptions>();
  CLI::App* const format = app.add_subcommand("fmt", "Print a configuration in its canonical form");
  format->add_option("FILE", options->configuration, "The configuration")->required();
  format->add_flag("-w,--write", options->write, "Write it back into the file");
  format->callback([options, &status] { status = apiary::run_format(*options); });
}

void add_replay(CLI::App& app, int& status) {
  auto options = std::make_shared<apiary::ReplayOptions>();
  CLI::App* const replay =
      app.add_subcommand("replay", "Show what a honeynet would answer to a capture");
  replay->add_option("-f,--file", options->configuration, "The configuration")
      ->type_name("FILE")
      ->required();
  replay->add_option("IN.pcap", options->input, "The capture: Ethernet or raw IP")->required();
  replay->add_option("-o,--output", options->output, "Write what would be sent to this capture")
      ->type_name("OUT.pcap");
  replay->add_option("--net", options->nets, "What to answer for, as with run")
      ->type_name("NET")
      ->allow_extra_args(false);
  replay->add_option("--key", options->key, "What the hosts' individual traits derive from")
      ->type_name("TEXT")
      ->capture_default_str();
  replay->add_option("--seed", options->seed, "Of chance, such as loss on links")
      ->type_name("N")
      ->capture_default_str();
  add_common_options(*replay, *options);
  replay->callback([options, &status] { status = apiary::run_replay(*options); });
}

void add_personality(CLI::App& app, int& status) {
  auto options = std::make_shared<apiary::PersonalityOptions>();
  CLI::App* const personality =
      app.add_subcommand("personality", "Say which personalities there are, and how they answer");
  personality->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, const char* argument, auto action) {
    CLI::App* const command = personality->add_subcommand(name, what);
    if (argument != nullptr) command->add_option(argument, options->name)->required();
    add_common_options(*command, *options);
    command->callback([options, &status, action] { status = action(*options); });
  };
  add("list", "Every name, as `set TEMPLATE personality` takes it", nullptr,
      apiary::list_personalities);
  add("search", "The names that have these words in them", "WORDS", apiary::search_personalities);
  add("show", "What a host of it sends to each probe, as packet scripts spell it", "NAME",
      apiary::show_personality);
}

void add_control(CLI::App& app, int& status) {
  auto options = std::make_shared<apiary::ControlOptions>();
  CLI::App* const control = app.add_subcommand("ctl", "Ask or change the daemon that runs");
  control->add_option("--socket", options->socket, "Where the daemon listens")
      ->type_name("PATH")
      ->capture_default_str();
  control->add_flag("--json", options->json, "Status, hosts or connections for programs to read");
  control
      ->add_option("COMMAND", options->words,
                   "status, hosts, connections, dump, reload, help, or a statement of the "
                   "configuration language")
      ->required();
  control->callback([options, &status] { status = apiary::run_control(*options); });
}

void add_top(CLI::App& app, int& status) {
  auto options = std::make_shared<apiary::TopOptions>();
  CLI::App* const top =
      app.add_subcommand("top", "Watch what goes on at the daemon that runs; q leaves");
  top->add_option("--socket", options->socket, "Where the daemon listens")
      ->type_name("PATH")
      ->capture_default_str();
  top->add_flag("--once", options->once, "Print one picture and leave");
  top->callback([options, &status] { status = apiary::run_top(*options); });
}

std::string is_prefix(const std::string& text) {
  return apiary::parse_ip_prefix(text) ? "" : "'" + text + "' is no network such as 192.0.2.0/24";
}

std::string is_kind(const std::string& text) {
  std::string kinds;
  for (unsigned i = 0; i < static_cast<unsigned>(apiary::RecordKind::count_); ++i) {
    const std::string_view kind = to_string(static_cast<apiary::RecordKind>(i));
    if (kind == text) return "";
    kinds += (kinds.empty() ? "" : ", ") + std::string(kind);
  }
  return "'" + text + "' is none of " + kinds;
}

void add_events(CLI::App& app, int& status) {
  auto options = std::make_shared<apiary::EventsOptions>();
  CLI::App* const events =
      app.add_subcommand("events", "Show the events that a daemon keeps in its store");
  events->add_option("--store", options->store, "The store, as of apiary run")
      ->type_name("FILE")
      ->capture_default_str();
  events->add_flag("-f,--follow", options->follow, "Go on with what is told from now on");
  events
      ->add_option_function<std::string>(
          "--since",
          [options](const std::string& text) {
            options->filter.since = apiary::wall_clock() - *apiary::parse_duration(text);
          },
          "How far back: 90s, 15m, 12h, 7d (default: 24h)")
      ->type_name("TIME")
      ->check(is_duration);
  const auto add_prefix = [&](const char* name, const char* what,
                              std::optional<apiary::IpPrefix>& into) {
    events
        ->add_option_function<std::string>(
            name, [&into](const std::string& text) { into = apiary::parse_ip_prefix(text); }, what)
        ->type_name("NET")
        ->check(is_prefix);
  };
  add_prefix("--source", "Of these sources alone", options->filter.source);
  add_prefix("--host", "Of these hosts alone", options->filter.host);
  events
      ->add_option_function<std::uint16_t>(
          "--port", [options](std::uint16_t port) { options->filter.port = port; },
          "Of this port of the hosts alone")
      ->type_name("N");
  events->add_option("--type", options->filter.kinds, "Of this type alone: flow_start, scan ...")
      ->type_name("TYPE")
      ->allow_extra_args(false)
      ->check(is_kind);
  events->add_flag("--json", options->json, "As they were told, an object a line");
  events->callback([options, &status] { status = apiary::run_events(*options); });
}

void add_report(CLI::App& app, int& status) {
  auto options = std::make_shared<apiary::ReportOptions>();
  CLI::App* const report = app.add_subcommand(
      "report", "Make a page of what a daemon's store has, to be read and passed on");
  report->add_option("--store", options->store, "The store, as of apiary run")
      ->type_name("FILE")
      ->capture_default_str();
  report
      ->add_option_function<std::string>(
          "--since",
          [options](const std::string& text) { options->period = *apiary::parse_duration(text); },
          "How far back: 90s, 15m, 12h, 7d (default: 24h)")
      ->type_name("TIME")
      ->check(is_duration);
  report->add_option("-o,--output", options->output, "Write it to this file; -: to stdout")
      ->type_name("FILE.html")
      ->capture_default_str();
  report->callback([options, &status] { status = apiary::run_report(*options); });
}

/// Puts the examples before everything else.
class ExamplesFirst : public CLI::Formatter {
 public:
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override {
    const bool is_top = app->get_parent() == nullptr;
    return (is_top ? std::string(examples) + "\n" : "") +
           CLI::Formatter::make_help(app, name, mode);
  }
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "Apiary, a virtual honeypot daemon: one process answers for thousands of addresses as "
      "if each were a machine of its own.",
      "apiary"};
  app.formatter(std::make_shared<ExamplesFirst>());
  app.set_version_flag("--version", "apiary " APIARY_VERSION);
  app.require_subcommand(1);
  int status = 0;
  add_run(app, status);
  add_check(app, status);
  add_explain(app, status);
  add_doctor(app, status);
  add_topology(app, status);
  add_format(app, status);
  add_replay(app, status);
  add_personality(app, status);
  add_control(app, status);
  add_top(app, status);
  add_events(app, status);
  add_report(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : usage_error;
  }
  return status;
}

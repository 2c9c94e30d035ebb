// The subcommands that read the store of a daemon.
#include "cli/commands.h"
#include "cli/events_command.h"
#include "cli/option_values.h"
#include "event/event.h"
#include "posix/system_error.h"
#include "prober/audit_command.h"
#include "report/report_command.h"
#include "sink/wall_clock.h"

namespace apiary {
namespace {

std::vector<std::string> names_of_kinds() {
  std::vector<std::string> names;
  for (const EventKindSpec* const kind : event_kind_specs()) names.emplace_back(kind->name);
  return names;
}

}  // namespace

void add_events_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<EventsOptions>();
  CLI::App* const events = app.add_subcommand("events", "Show the events in a daemon's store");
  events->add_option("--store", options->store, "The store, as with apiary run")
      ->type_name("FILE")
      ->capture_default_str();
  events->add_flag("-f,--follow", options->follow, "Also show new events as they arrive");
  add_time_option(
      *events, "--since",
      [options](Duration period) { options->filter.since = wall_clock() - period; },
      "Period to show, up to now: 90s, 15m, 12h, 7d")
      ->default_str("24h");
  add_net_option(*events, "--source", options->filter.source, "Only these sources");
  add_net_option(*events, "--host", options->filter.host, "Only these hosts");
  add_number_option(
      *events, "--port",
      [options](std::uint64_t port) { options->filter.port = static_cast<std::uint16_t>(port); },
      65'535, "Only this port of the hosts");
  auto* const files = events->add_flag_callback(
      "--files",
      [options] {
        options->files = true;
        options->filter.kinds = {"file"};
      },
      "Show the files that services left: time, visitor, host, bytes, SHA-256, path");
  limit_to(*events
                ->add_option("--type", options->filter.kinds,
                             "Only this type: flow_start, scan ...; repeatable")
                ->type_name("TYPE")
                ->allow_extra_args(false)
                ->excludes(files),
           names_of_kinds());
  events->add_flag("--json", options->json, "Print the JSON objects, one per line");
  events->callback([options, &action] { action = [options] { return run_events(*options); }; });
}

void add_report_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App* const report =
      app.add_subcommand("report", "Write an HTML report on the events in a daemon's store");
  report->add_option("--store", options->store, "The store, as with apiary run")
      ->type_name("FILE")
      ->capture_default_str();
  add_time_option(
      *report, "--since", [options](Duration period) { options->period = period; },
      "Period to show, up to now: 90s, 15m, 12h, 7d")
      ->default_str("24h");
  report->add_option("-o,--output", options->output, "Output file; -: stdout")
      ->type_name("FILE.html")
      ->capture_default_str();
  auto audited = std::make_shared<AuditOptions>();
  report
      ->add_option("--audit", audited->configuration,
                   "Add an audit in memory of this configuration, as apiary audit makes it")
      ->type_name("FILE.conf");
  report->callback([options, audited, &action] {
    action = [options, audited] {
      if (!audited->configuration.empty()) {
        auto audit = audit_file(*audited);
        if (!audit) return fail(audit.error());
        options->audit = std::move(*audit);
      }
      return run_report(*options);
    };
  });
}

}  // namespace apiary

#include "cli/event_options.h"

#include "cli/option_values.h"
#include "daemon/sink_registry.h"
#include "sink/honeyd_logs.h"
#include "sink/json_lines_sink.h"
#include "sink/syslog_sink.h"
#include "store/store_sink.h"

namespace apiary {
namespace {

/// Adds an option that is short for `--sink KIND:FILE`.
CLI::Option* add_file_sink(CLI::App& run, EventOptions& events, const std::string& names,
                           const SinkKind& kind, std::string_view option,
                           const std::string& description) {
  const std::string full_name = names.substr(names.find(',') + 1);
  return run
      .add_option_function<std::string>(
          names,
          [&events, &kind, option, full_name](const std::string& file) {
            if (file == "-")  // any other path is valid
              throw CLI::ValidationError(full_name, parse_file_place(file).error());
            events.sinks.push_back({&kind, file, option});
          },
          description)
      ->type_name("FILE");
}

/// `udp:HOST` is short for `--sink syslog+udp:HOST`.
void add_syslog(CLI::App& run, EventOptions& events) {
  run.add_option_function<std::string>(
         "--syslog",
         [&events](const std::string& where) {
           std::string_view place = where;
           if (const auto spool = take_spool_options(place); !spool)
             throw CLI::ValidationError("--syslog", spool.error());
           const auto target = parse_syslog_target(place);
           if (!target) throw CLI::ValidationError("--syslog", target.error());
           auto spec = parse_sink_spec("syslog+" + where, sink_kinds());
           if (!spec) throw CLI::ValidationError("--syslog", spec.error());
           spec->option = "--syslog";
           events.sinks.push_back(std::move(*spec));
         },
         "Send events to a syslog (RFC 5424): unix:/dev/log, udp:HOST[:PORT], tcp:HOST[:PORT]")
      ->type_name("WHERE");
}

void add_sinks(CLI::App& run, EventOptions& events) {
  run.add_option_function<std::vector<std::string>>(
         "--sink",
         [&events](const std::vector<std::string>& all) {
           for (const std::string& text : all) {
             auto spec = parse_sink_spec(text, sink_kinds());
             if (!spec) throw CLI::ValidationError("--sink", spec.error());
             events.sinks.push_back(std::move(*spec));
           }
         },
         "Also write events to this sink; may be given several times: " +
             list_of_sink_forms(sink_kinds()) +
             "; a syslog with ,spool=FILE[,spool-size=SIZE] keeps messages in that file while its "
             "server does not accept them")
      ->type_name("SINK")
      ->allow_extra_args(false);
}

/// CLI11 runs these functions in the order in which the options are added, which is the order of
/// the sinks.
void add_destinations(CLI::App& run, EventOptions& events) {
  add_file_sink(run, events, "--events", json_lines_kind, "--events",
                "Write events to this file, one JSON object per line");
  add_file_sink(
      run, events, "-l,--packet-log", honeyd_packets_kind, "-l",
      "Write packets and conversations to this file in the format of Honeyd's packet log");
  add_file_sink(run, events, "-s,--service-log", honeyd_services_kind, "-s",
                "Write notes of services to this file in the format of Honeyd's service log");
  add_syslog(run, events);
  add_file_sink(run, events, "--store", store_kind, "--store",
                "Keep events in this SQLite database, for apiary events and report");
  add_sinks(run, events);
}

void add_retention(CLI::App& run, EventOptions& events) {
  auto* const max_age = add_time_option(
      run, "--store-max-age", [&events](Duration age) { events.retention.age = age; },
      "Remove events older than this from the store; 0: never");
  max_age->default_str("30d");
  add_old_name(run, "--store-age", *max_age);
  auto* const max_size =
      add_size_option(run, "--store-max-size", events.retention.size_bytes,
                      "Remove the oldest events if the store is larger than this; 0: never");
  max_size->default_str("2G");
  add_old_name(run, "--store-size", *max_size);
}

void add_rotation(CLI::App& run, EventOptions& events) {
  add_size_option(run, "--rotate-size", events.rotation.size_bytes,
                  "Start a new file before one exceeds this size; 0: never")
      ->default_str("256M");
  add_time_option(
      run, "--rotate-time", [&events](Duration period) { events.rotation.period = period; },
      "Start a new file when one is older than this: 12h, 1d");
  add_size_option(run, "--disk-budget", events.rotation.budget_bytes,
                  "Remove the oldest rotated files if all together exceed this size; 0: never")
      ->default_str("4G");
}

void add_capture(CLI::App& run, EventOptions& events) {
  auto* const capture =
      run.add_option("--capture", events.capture,
                     "Write packets to this pcapng file, with comments on what happened to them")
          ->type_name("FILE");
  run.add_option("--capture-filter", events.capture_filter,
                 "Capture only packets that match this tcpdump filter: 'tcp port 22'")
      ->type_name("FILTER")
      ->needs(capture);
}

void add_quarantine(CLI::App& run, EventOptions& events) {
  auto* const folder =
      run.add_option("--quarantine", events.quarantine,
                     "Keep the contents of files that services leave: in this folder, in files "
                     "named by their SHA-256 (default: not kept)")
          ->type_name("PATH");
  add_size_option(run, "--quarantine-max-size", events.quarantine_bytes,
                  "Remove the oldest of these contents if all together exceed this size")
      ->default_str("1G")
      ->needs(folder);
}

}  // namespace

void add_event_options(CLI::App& run, EventOptions& events) {
  const std::size_t before = run.get_options().size();
  add_destinations(run, events);
  add_retention(run, events);
  add_rotation(run, events);
  add_capture(run, events);
  add_quarantine(run, events);
  const std::vector<CLI::Option*> options = run.get_options();
  for (std::size_t i = before; i < options.size(); ++i)
    if (!options[i]->get_group().empty()) options[i]->group("Events");
}

void check_event_options(const CLI::App& run, const EventOptions& events) {
  if (events.capture == "-") throw CLI::ValidationError("--capture", parse_file_place("-").error());
  if (!has_sink_of(events, SinkKind::Target::database))
    for (const char* const name : {"--store-max-age", "--store-max-size"})
      if (run.get_option(name)->count() > 0) throw CLI::RequiresError(name, "--store");
  if (!events.capture.empty() || has_sink_of(events, SinkKind::Target::rotated_file)) return;
  for (const char* const name : {"--rotate-size", "--rotate-time", "--disk-budget"})
    if (run.get_option(name)->count() > 0)
      throw CLI::ValidationError(name,
                                 "there is no file to rotate: add --events, --packet-log, "
                                 "--service-log, --sink json:FILE or --capture");
}

}  // namespace apiary

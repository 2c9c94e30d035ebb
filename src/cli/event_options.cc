#include "cli/event_options.h"

#include "cli/option_values.h"

namespace apiary {
namespace {

void add_files(CLI::App& run, EventOptions& events) {
  run.add_option("--events", events.json_lines,
                 "Write events to this file, one JSON object per line")
      ->type_name("FILE");
  run.add_option(
         "-l,--packet-log", events.packet_log,
         "Write packets and conversations to this file in the format of Honeyd's packet log")
      ->type_name("FILE");
  run.add_option("-s,--service-log", events.service_log,
                 "Write notes of services to this file in the format of Honeyd's service log")
      ->type_name("FILE");
  run.add_option("--syslog", events.syslog,
                 "Send events to a syslog (RFC 5424): unix:/dev/log, udp:HOST[:PORT], "
                 "tcp:HOST[:PORT]")
      ->type_name("WHERE");
}

void add_store(CLI::App& run, EventOptions& events) {
  auto* const store =
      run.add_option("--store", events.store,
                     "Keep events in this SQLite database, for apiary events and report")
          ->type_name("FILE");
  auto* const max_age =
      add_time_option(
          run, "--store-max-age", [&events](Duration age) { events.retention.age = age; },
          "Remove events older than this from the store; 0: never")
          ->default_str("30d")
          ->needs(store);
  add_old_name(run, "--store-age", *max_age);
  auto* const max_size =
      add_size_option(run, "--store-max-size", events.retention.size_bytes,
                      "Remove the oldest events if the store is larger than this; 0: never")
          ->default_str("2G")
          ->needs(store);
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

}  // namespace

void add_event_options(CLI::App& run, EventOptions& events) {
  const std::size_t before = run.get_options().size();
  add_files(run, events);
  add_store(run, events);
  add_rotation(run, events);
  add_capture(run, events);
  const std::vector<CLI::Option*> options = run.get_options();
  for (std::size_t i = before; i < options.size(); ++i)
    if (!options[i]->get_group().empty()) options[i]->group("Events");
}

void check_event_options(const CLI::App& run, const EventOptions& events) {
  for (const auto& [name, file] :
       {std::pair{"--events", events.json_lines}, std::pair{"--packet-log", events.packet_log},
        std::pair{"--service-log", events.service_log}, std::pair{"--store", events.store},
        std::pair{"--capture", events.capture}})
    if (file == "-")
      throw CLI::ValidationError(
          name, "'-' is no file: /dev/stdout is the standard output, ./- a file of that name");
  const bool has_files = !events.json_lines.empty() || !events.packet_log.empty() ||
                         !events.service_log.empty() || !events.capture.empty();
  if (has_files) return;
  for (const char* const name : {"--rotate-size", "--rotate-time", "--disk-budget"})
    if (run.get_option(name)->count() > 0)
      throw CLI::ValidationError(
          name,
          "there is no file to rotate: add --events, --packet-log, --service-log or --capture");
}

}  // namespace apiary

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "event/ecs_encoder.h"
#include "sink/rotating_file.h"
#include "sink/sink.h"
#include "store/store_sink.h"

namespace apiary {

/// Where `apiary run` is told to tell events, beside its log. Empty: not there.
struct EventOptions {
  std::string json_lines;               // a file
  std::string packet_log, service_log;  // files, as Honeyd's
  std::string syslog;                   // as parse_syslog_target() takes it
  Rotation rotation{};                  // of each file that is rotated
  std::string store;                    // a SQLite database
  Retention retention{};                // of the store
  std::string capture, capture_filter;  // a pcapng file, and which packets; empty: all
};

/// How this daemon spells events.
EcsEncoder make_json_form(const std::string& version);

struct EventSinks {
  std::vector<std::unique_ptr<Sink>> sinks;
  std::vector<std::string> remarks;  // sentences about what will not work
};
/// Opens them, as the user who will write. Error: a sentence.
tl::expected<EventSinks, std::string> open_event_sinks(const EventOptions& options,
                                                       const std::string& version, Instant now);

}  // namespace apiary

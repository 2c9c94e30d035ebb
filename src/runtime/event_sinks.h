#pragma once

#include <memory>
#include <string>
#include <vector>

#include "record/record_json.h"
#include "sink/rotating_file.h"
#include "sink/sink.h"
#include "sink/store_sink.h"

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

/// Makes what files and folders are missing and gives them to `user`, who will write them. Files
/// that exist are given to him, folders are not. To be called as root; otherwise it makes what it
/// can. Error: a sentence.
tl::expected<void, std::string> prepare_event_files(const EventOptions& options,
                                                    const std::string& user);

/// How this daemon spells records.
JsonForm make_json_form(const std::string& version);

struct EventSinks {
  std::vector<std::unique_ptr<Sink>> sinks;
  std::vector<std::string> remarks;  // sentences about what will not work
};
/// Opens them, as the user who will write. Error: a sentence.
tl::expected<EventSinks, std::string> open_event_sinks(const EventOptions& options,
                                                       const std::string& version, Instant now);

}  // namespace apiary

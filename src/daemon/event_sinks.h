#pragma once

#include <memory>
#include <string>
#include <vector>

#include "event/ecs_encoder.h"
#include "sink/sink_spec.h"

namespace apiary {

/// Where `apiary run` writes events, in addition to its log.
struct EventOptions {
  std::vector<SinkSpec> sinks{};            // in the order in which they are opened
  Rotation rotation{};                      // of each rotated file
  Retention retention{};                    // of each store
  std::string capture{}, capture_filter{};  // a pcapng file (empty: none), its packets (empty: all)
  std::string quarantine{};                 // the folder for files of services; empty: none
  std::uint64_t quarantine_bytes = std::uint64_t{1} << 30;
};

/// Whether one of the sinks writes to such a target.
bool has_sink_of(const EventOptions& options, SinkKind::Target target);

/// The encoder of this daemon's events.
EcsEncoder make_ecs_encoder(const std::string& version);

struct EventSinks {
  std::vector<std::unique_ptr<Sink>> sinks;
  std::vector<std::string> remarks;  // sentences about limitations
};
/// Opens the sinks. Call it as the user that will write. Error: a sentence.
tl::expected<EventSinks, std::string> open_event_sinks(const EventOptions& options,
                                                       const std::string& version, Instant now);

}  // namespace apiary

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "event/ecs_encoder.h"
#include "sink/retention.h"
#include "sink/rotating_file.h"
#include "sink/sink.h"

namespace apiary {

struct SinkSpec;

/// Settings that all sinks of a daemon share. Each kind uses what it needs.
struct SinkSettings {
  EcsEncoder encoder;
  std::string hostname;
  Rotation rotation{};    // of each file that is rotated
  Retention retention{};  // of each store
  Instant now{};          // wall clock
};

/// A sink, or a sentence that says why it cannot be opened.
using OpenedSink = tl::expected<std::unique_ptr<Sink>, std::string>;

/// A kind of sink: how a specification names it, and how to open one.
struct SinkKind {
  /// Where a sink of this kind writes. Only one that writes to a network may have a spool.
  enum class Target : std::uint8_t { rotated_file, database, network };

  std::string_view name;   // of the specification KIND:WHERE, "json"
  std::string_view place;  // stands for WHERE in documentation: "FILE"
  Target target;
  /// Returns the normal form of WHERE. `where` is not empty. Error: a sentence.
  tl::expected<std::string, std::string> (*parse)(std::string_view where);
  /// Opens a sink of this kind as the user who writes.
  OpenedSink (*open)(const SinkSpec& spec, const SinkSettings& settings);
};

}  // namespace apiary

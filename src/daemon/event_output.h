#pragma once

#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "daemon/event_pipeline.h"
#include "daemon/run_options.h"
#include "device/device.h"
#include "loop/system_clock.h"
#include "sink/capture.h"
#include "sink/live_feed.h"

namespace spdlog {
class logger;
}

namespace apiary {

/// All ways by which events and packets leave the daemon: the pipeline to the sinks, the feed of
/// the dashboard, and the capture.
class EventOutput {
 public:
  /// `clock` must outlive it. See EventPipeline.
  EventOutput(const SystemClock& clock, EventPipeline::TemplateLookup template_of)
      : clock_(clock), pipeline_(clock, std::move(template_of)) {}

  /// Opens all of them and starts their threads, after the privileges are dropped. `log` becomes a
  /// sink. Error: a sentence.
  tl::expected<void, std::string> open(const RunOptions& options,
                                       std::span<const std::unique_ptr<Device>> devices,
                                       const std::shared_ptr<spdlog::logger>& log);
  /// Writes what is pending, at last an event with `sentence`.
  void finish(std::string sentence);
  /// Completes the file of the capture, for an exit without destructors.
  void close_capture() { capture_.reset(); }

  EventPipeline& pipeline() { return pipeline_; }
  const EventPipeline& pipeline() const { return pipeline_; }
  const std::shared_ptr<LiveFeed>& feed() const { return feed_; }
  Capture* capture() { return capture_.get(); }  // nullptr: none

  /// Makes sinks and capture begin new files.
  void rotate(const std::shared_ptr<RotationRound>& round);
  /// The status of the sinks, and of the capture.
  std::vector<SinkStatus> sinks() const;

 private:
  tl::expected<void, std::string> open_sinks(const RunOptions& options,
                                             const std::shared_ptr<spdlog::logger>& log);
  tl::expected<void, std::string> open_capture(const RunOptions& options,
                                               std::span<const std::unique_ptr<Device>> devices);

  const SystemClock& clock_;
  EventPipeline pipeline_;
  std::shared_ptr<LiveFeed> feed_;
  std::unique_ptr<Capture> capture_;  // nullptr: none
};

}  // namespace apiary

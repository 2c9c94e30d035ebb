#include "daemon/event_output.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "setup/host_key.h"
#include "sink/log_sink.h"

namespace apiary {

tl::expected<void, std::string> EventOutput::open(const RunOptions& options,
                                                  std::span<const std::unique_ptr<Device>> devices,
                                                  const std::shared_ptr<spdlog::logger>& log) {
  if (auto opened = open_sinks(options, log); !opened) return opened;
  return open_capture(options, devices);
}

tl::expected<void, std::string> EventOutput::open_sinks(
    const RunOptions& options, const std::shared_ptr<spdlog::logger>& log) {
  auto opened = open_event_sinks(options.events, options.version, clock_.now());
  if (!opened) return tl::unexpected(opened.error());
  for (const std::string& remark : opened->remarks) log->warn("{}", remark);
  opened->sinks.push_back(std::make_unique<LogSink>(log));
  feed_ = std::make_shared<LiveFeed>(make_ecs_encoder(options.version),
                                     HashKey{random_seed(), random_seed()}, clock_.now());
  opened->sinks.push_back(std::make_unique<LiveFeedSink>(feed_));
  if (const EventOptions& events = options.events; !events.quarantine.empty()) {
    auto quarantine =
        Quarantine::open(events.quarantine, {.folder_bytes = events.quarantine_bytes});
    if (!quarantine) return tl::unexpected("--quarantine: " + to_string(quarantine.error()));
    pipeline_.keep_files(std::move(*quarantine));
  }
  pipeline_.begin(std::move(opened->sinks));
  return {};
}

tl::expected<void, std::string> EventOutput::open_capture(
    const RunOptions& options, std::span<const std::unique_ptr<Device>> devices) {
  if (options.events.capture.empty()) return {};
  std::vector<Capture::Interface> interfaces;
  for (const auto& device : devices) interfaces.push_back({device->name(), device->link_layer()});
  // What they send to each other. libpcap reads no files whose interfaces differ in link layers.
  interfaces.push_back({"hosts", interfaces.front().link_layer});
  auto capture = Capture::open(
      {options.events.capture, options.events.capture_filter, options.events.rotation}, interfaces,
      options.version, clock_.now());
  if (!capture) return tl::unexpected(capture.error());
  capture_ = std::move(*capture);
  return {};
}

void EventOutput::finish(std::string sentence) {
  if (capture_ != nullptr) {
    capture_->finish();
    for (EventBody& what : capture_->take_events()) pipeline_.emit(std::move(what));
  }
  pipeline_.finish(std::move(sentence));
}

void EventOutput::rotate(const std::shared_ptr<RotationRound>& round) {
  pipeline_.rotate(round);
  if (capture_ != nullptr) capture_->rotate(round);
}

std::vector<SinkStatus> EventOutput::sinks() const {
  std::vector<SinkStatus> all = pipeline_.sinks();
  if (capture_ != nullptr) all.push_back(capture_->status());
  return all;
}

}  // namespace apiary

#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/duration_histogram.h"
#include "daemon/event_pipeline.h"
#include "daemon/receive_moderation.h"
#include "device/device.h"
#include "engine/engine.h"
#include "loop/event_loop.h"
#include "loop/system_clock.h"
#include "service/service_runner.h"
#include "sink/capture.h"

namespace apiary {

/// The loop around an engine: frames, service messages and time in; packets, service commands and
/// events out. One thread.
class ShardLoop {
 public:
  /// All must outlive the loop. `devices` in the order of the engine's interfaces, as those of the
  /// capture, if there is one.
  ShardLoop(Engine& engine, std::span<const std::unique_ptr<Device>> devices,
            ServiceRunner& services, EventPipeline& pipeline, EventLoop& events,
            const SystemClock& clock, Capture* capture = nullptr);

  /// Waits for the next thing to do, until `at_latest`, and does it.
  void turn(Instant at_latest = Instant::max());

  /// Has the engine do something between turns, and carries out what it asks for.
  void act(const std::function<void(Engine& engine, Instant now, Outbox& out)>& action);

  /// The interface of a device was opened again, or may work again.
  void resume(std::size_t device) {
    events_.resume(devices_[device]->queues().front()->descriptor());
  }

  /// Says good-bye to whoever should hear that all is over.
  void finish();

  /// Packets that an interface would not take.
  std::uint64_t untransmitted() const { return untransmitted_; }
  /// Times from when packets came until what answered them at once was sent.
  const DurationHistogram& turnaround() const { return turnaround_; }

 private:
  void receive(std::size_t index);
  void receive_captured(InterfaceId interface, const ReceivedFrame& frame);
  void transmit();
  void execute_command(Instant now, std::span<const ServiceMessage> messages);
  void on_trouble(std::size_t index, const SystemError& error);
  void capture_sent(std::span<const Packet> packets);
  void tell_of_capture();
  void note_turnaround();

  Engine& engine_;
  std::span<const std::unique_ptr<Device>> devices_;
  ServiceRunner& services_;
  EventPipeline& pipeline_;
  EventLoop& events_;
  const SystemClock& clock_;
  Capture* const capture_;  // null: none
  Outbox out_;
  std::vector<bool> failing_;  // devices whose last receive() gave an error
  bool more_to_receive_ = false, may_be_more_ = false;
  ReceiveModeration moderation_;
  Instant arrived_{};  // the last frame: time does not run backwards
  std::uint64_t untransmitted_ = 0;
  std::vector<Instant> arrivals_;  // of the frames of this turn
  DurationHistogram turnaround_;
};

}  // namespace apiary

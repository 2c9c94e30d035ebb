#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/duration_histogram.h"
#include "daemon/frame_exchange.h"
#include "daemon/receive_losses.h"
#include "daemon/receive_moderation.h"
#include "daemon/shard_exchange.h"
#include "device/device_queue.h"
#include "engine/engine.h"
#include "loop/event_loop.h"
#include "loop/system_clock.h"
#include "sink/capture.h"

namespace apiary {

/// The loop around an engine: frames, service messages and time in; packets, service commands and
/// events out. One thread runs it.
class ShardLoop {
 public:
  /// All must outlive the loop. `queues` are in the order of the engine's interfaces, as are the
  /// interfaces of the capture. `frames`: with other shards; null: the kernel chooses the shard of
  /// each packet, or there is one.
  ShardLoop(Engine& engine, std::vector<DeviceQueue*> queues, ShardExchange& exchange,
            EventLoop& events, const SystemClock& clock, Capture* capture = nullptr,
            FrameExchange* frames = nullptr);

  /// Waits for the next thing to do, until `at_latest`, and does it.
  void turn(Instant at_latest = Instant::max());

  /// Lets the engine act between two turns, and carries out what it asks for.
  void act(const std::function<void(Engine& engine, Instant now, Outbox& out)>& action);

  /// The interface of a device was opened again, or may work again.
  void resume(std::size_t device) {
    events_.resume(queues_[device]->descriptor());
    busy_[device] = false;
  }

  /// Releases leases. Call it after the last turn.
  void finish();

  /// Packets that an interface did not take.
  std::uint64_t untransmitted() const { return untransmitted_; }
  /// Packets for other shards that were too far behind.
  std::uint64_t not_handed_over() const { return not_handed_over_; }
  /// Times from the arrival of packets until their immediate replies were sent.
  const DurationHistogram& turnaround() const { return turnaround_; }

 private:
  void receive();
  void receive(std::size_t index);
  void handle(InterfaceId interface, const ReceivedFrame& frame, Instant arrived);
  bool hand_to_other_shard(InterfaceId interface, const ReceivedFrame& frame, Instant arrived);
  void take_from_other_shards();
  void receive_captured(InterfaceId interface, const ReceivedFrame& frame);
  void transmit();
  void on_receive_error(std::size_t index, const SystemError& error);
  void watch_when_idle(std::size_t index, std::size_t frames);
  void capture_sent(std::span<const Packet> packets);
  void capture_internal();
  void note_turnaround();
  void report_losses();

  Engine& engine_;
  const std::vector<DeviceQueue*> queues_;
  ShardExchange& exchange_;
  EventLoop& events_;
  const SystemClock& clock_;
  Capture* const capture_;       // null: none
  FrameExchange* const frames_;  // null: none
  Outbox out_;
  std::vector<bool> failing_;  // queues whose last receive() returned an error
  std::vector<bool> busy_;     // queues that are not watched, as they have frames anyway
  bool more_to_receive_ = false, may_be_more_ = false;
  ReceiveModeration moderation_;
  ReceiveLosses losses_;
  std::size_t moved_bytes_ = 0;  // received and sent in this turn
  Instant arrived_{};            // arrival of the last frame: time does not run backwards
  std::uint64_t untransmitted_ = 0, not_handed_over_ = 0;
  std::vector<Instant> arrivals_;  // of the frames of this turn
  DurationHistogram turnaround_;
};

}  // namespace apiary

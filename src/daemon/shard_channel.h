#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/byte_arena.h"
#include "daemon/shard_exchange.h"
#include "loop/spsc_ring.h"
#include "loop/wakeup.h"

namespace apiary {

/// The result of a shard's turns for services and events.
struct ShardTurn {
  Instant at{};
  Outbox out;  // without packets
  std::vector<EventBody> daemon_events{};
  std::optional<Counters> counters{};  // now and then

  void clear();
};

/// The exchange between one of several shards and the main thread, which runs services and events:
/// a ring in each direction, without locks. If the main thread falls behind, the shard stops to
/// receive packets, and the kernel counts those that it drops. Messages of services wait: the
/// services send no more than their sessions allowed.
class ShardChannel final : public ShardExchange {
 public:
  /// `main_wakeup` wakes the main thread, and must outlive the channel.
  explicit ShardChannel(Wakeup& main_wakeup) : main_wakeup_(main_wakeup) {}

  // The shard's thread calls these.
  bool has_room() const override { return !is_behind_; }
  bool has_input() override { return input_.front() != nullptr; }
  ServiceInput take_input() override;
  void hand_over(Instant now, Outbox& out, std::span<const ServiceMessage> handled,
                 const Counters& counters) override;
  Instant next_due() override;
  void emit(EventBody what) override { daemon_events_.push_back(std::move(what)); }

  // The main thread calls these.
  /// The oldest turn; nullptr if there is none.
  ShardTurn* front() { return turns_.front(); }
  /// Returns the turn of front(), which it clears.
  void pop();
  void send(const ServiceMessage& message);
  void send(ConnectRequest request) { unsent_.connects.push_back(std::move(request)); }
  void send(std::shared_ptr<const ListeningPorts> ports) { unsent_.ports = std::move(ports); }
  /// Sends all of that, as far as there is room. Returns whether there was.
  bool flush();

  /// Wakes the shard's thread.
  Wakeup& wakeup() { return wakeup_; }

 private:
  static constexpr std::size_t ring_slots = 64;
  static constexpr Duration counters_interval = seconds{1};

  struct Batch {
    std::vector<ServiceMessage> messages;
    std::vector<ConnectRequest> connects;
    std::shared_ptr<const ListeningPorts> ports;
    ByteArena bytes;  // of the messages

    bool empty() const { return messages.empty() && connects.empty() && ports == nullptr; }
    void clear();
  };

  Wakeup& main_wakeup_;
  Wakeup wakeup_;
  SpscRing<ShardTurn> turns_{ring_slots};
  SpscRing<Batch> input_{ring_slots};

  // The shard's thread:
  std::vector<EventBody> daemon_events_;
  bool is_behind_ = false;
  bool has_taken_ = false;  // the front of input_
  std::uint64_t drops_sent_ = 0, drops_ = 0;
  Instant counters_sent_{};

  Batch unsent_;  // the main thread's
};

}  // namespace apiary

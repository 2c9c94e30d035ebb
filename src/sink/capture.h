#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "sink/capture_filter.h"
#include "sink/pcapng.h"
#include "sink/rotating_file.h"
#include "sink/rotation_round.h"
#include "sink/sink_health.h"
#include "sink/sink_thread.h"

namespace apiary {

/// The options of `apiary run` for captures.
struct CaptureOptions {
  std::string path;    // empty: none
  std::string filter;  // in the language of tcpdump; empty: all packets
  Rotation rotation{};
};

/// Writes the packets of a running daemon to a pcapng file, on its own thread, at most 100 ms
/// later. Packets that the disk does not accept wait, and it retries; while capacity_bytes wait, it
/// counts further packets as lost.
class Capture {
 public:
  static constexpr std::size_t capacity_bytes = std::size_t{64} << 20;

  struct Interface {
    std::string name;
    LinkLayer link_layer = LinkLayer::ethernet;
  };

  /// Begins the file; what is there already makes way as in a rotation. Errors: a sentence on the
  /// file or the filter.
  static tl::expected<std::unique_ptr<Capture>, std::string> open(
      const CaptureOptions& options, std::span<const Interface> interfaces,
      const std::string& version, Instant now);
  ~Capture() { finish(); }

  /// For the operator: "packets to /var/log/apiary.pcapng".
  const std::string& name() const { return name_; }

  /// Whether the filter accepts the frame.
  bool wants(InterfaceId interface, Bytes frame) const {
    return filters_[interface.index].lets_through(frame);
  }
  /// Takes a packet, or counts it as lost. Never waits for the disk.
  void add(const CapturedPacket& packet);
  /// Starts a new file soon.
  void rotate(std::shared_ptr<RotationRound> round);
  /// Waits until all packets are written, but if writing fails only for SinkThread::last_patience.
  /// No add() may follow; status() stays valid.
  void finish();

  /// It counts packets instead of events.
  SinkStatus status() const;
  /// Returns the events to report: trouble, and the number of lost packets once there is room
  /// again.
  std::vector<EventBody> take_events();

 private:
  using Clock = SinkHealth::Clock;
  /// Packets in the form of the file.
  struct Piece {
    std::string blocks{};
    std::uint64_t packets = 0;
  };

  Capture(RotatingFile file, std::vector<CaptureFilter> filters);
  void work();
  bool has_work(Clock::time_point now) const;
  void note_write(const std::optional<SystemError>& trouble, Piece& piece);
  void give_up();

  const std::string name_;
  const std::vector<CaptureFilter> filters_;  // of the interfaces
  RotatingFile file_;                         // only the thread uses it
  mutable std::mutex mutex_;                  // guards what follows
  std::condition_variable changed_;
  std::deque<Piece> pieces_;  // not written yet; the last may grow
  std::uint64_t waiting_ = 0, written_ = 0, lost_ = 0, lost_unreported_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::vector<std::shared_ptr<RotationRound>> rotations_;
  SinkHealth health_;
  bool is_stopping_ = false;
  Clock::time_point last_try_{};
  std::thread thread_;  // the last: it uses all of the above
};

}  // namespace apiary

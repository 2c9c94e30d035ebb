#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "sink/capture_filter.h"
#include "sink/pcapng.h"
#include "sink/rotating_file.h"
#include "sink/sink_thread.h"

namespace apiary {

/// What `apiary run` is told of captures.
struct CaptureOptions {
  std::string path;    // empty: none
  std::string filter;  // of tcpdump; empty: all
  Rotation rotation{};
};

/// Writes the packets of a running daemon to a pcapng file, on a thread of its own, at most a tenth
/// of a second later. What comes faster than the disk takes it is counted instead.
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
  /// Waits until all is written that was taken.
  ~Capture();

  /// For the operator: "packets to /var/log/apiary.pcapng".
  const std::string& name() const { return name_; }

  /// Whether the filter lets the frame through.
  bool wants(InterfaceId interface, Bytes frame) const {
    return filters_[interface.index].lets_through(frame);
  }
  /// Takes a packet, or counts it as lost. Never waits for the disk.
  void add(const CapturedPacket& packet);
  /// Begins a new file, soon.
  void rotate();

  /// Packets take the place of events in it.
  SinkStatus status() const;
  /// How many packets were lost since the last call, once there is room again.
  std::uint64_t take_loss();

 private:
  Capture(RotatingFile file, std::vector<CaptureFilter> filters);
  void work(const std::stop_token& stop);
  void note(const tl::expected<void, SystemError>& done, std::uint64_t packets);

  const std::string name_;
  const std::vector<CaptureFilter> filters_;  // of the interfaces
  RotatingFile file_;                         // the thread's
  mutable std::mutex mutex_;                  // guards what follows
  std::condition_variable_any changed_;
  std::string blocks_;  // not yet written
  std::uint64_t waiting_ = 0, written_ = 0, lost_ = 0, lost_untold_ = 0;
  bool rotation_wanted_ = false;
  std::string trouble_;
  std::jthread thread_;  // the last: it uses all of the above
};

}  // namespace apiary

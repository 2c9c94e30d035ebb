#pragma once

#include <sys/eventfd.h>

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "device/device_queue.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// A queue between the thread of a test, which is the visitors, and that of a shard. It loses
/// nothing.
class VisitorQueue final : public DeviceQueue {
 public:
  using Frames = std::vector<std::vector<std::uint8_t>>;

  /// `is_for_all`: of all shards.
  explicit VisitorQueue(bool is_for_all = false) : is_for_all_(is_for_all) {}

  // The test's thread calls these.
  void send(Frames frames) {
    {
      const std::lock_guard guard(mutex_);
      for (auto& frame : frames) waiting_.push_back(std::move(frame));
    }
    eventfd_write(event_.get(), 1);
  }
  /// What the shard sent since the last call.
  Frames take_sent() {
    const std::lock_guard guard(mutex_);
    return std::exchange(sent_, {});
  }

  // The shard's thread calls these.
  int descriptor() const override { return event_.get(); }
  tl::expected<std::span<const ReceivedFrame>, SystemError> receive() override {
    eventfd_t count = 0;
    (void)eventfd_read(event_.get(), &count);
    batch_.clear();
    frames_.clear();
    const std::lock_guard guard(mutex_);
    while (batch_.size() < max_batch_packets && next_ < waiting_.size())
      batch_.push_back(std::move(waiting_[next_++]));
    if (next_ == waiting_.size()) {
      waiting_.clear();
      next_ = 0;
    }
    for (const auto& frame : batch_) frames_.push_back({Bytes(frame)});
    return frames_;
  }
  std::size_t transmit(std::span<const Packet> packets) override {
    const std::lock_guard guard(mutex_);
    for (const Packet& packet : packets)
      sent_.emplace_back(packet.bytes().begin(), packet.bytes().end());
    return packets.size();
  }
  DeviceCounters counters() override { return {}; }
  bool is_for_all_shards() const override { return is_for_all_; }

 private:
  const bool is_for_all_;
  const FileDescriptor event_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::mutex mutex_;  // guards what follows
  Frames waiting_, sent_;
  std::size_t next_ = 0;  // of waiting_
  // The shard's thread only:
  Frames batch_;
  std::vector<ReceivedFrame> frames_;
};

}  // namespace apiary

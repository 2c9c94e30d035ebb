#pragma once

#include <sys/eventfd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/address.h"
#include "device/device.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// Returns the frames that a test adds.
class FakeQueue final : public DeviceQueue {
 public:
  void add(std::vector<std::uint8_t> frame) { waiting_.push_back(std::move(frame)); }
  /// Makes its descriptor readable, which it is not otherwise.
  void wake() { eventfd_write(event_.get(), 1); }

  int descriptor() const override { return event_.get(); }
  tl::expected<std::span<const ReceivedFrame>, SystemError> receive() override {
    received_ = std::exchange(waiting_, {});
    frames_.clear();
    for (const auto& frame : received_) frames_.push_back({Bytes(frame)});
    return frames_;
  }
  std::size_t transmit(std::span<const Packet> packets) override {
    sent += packets.size();
    return packets.size();
  }
  DeviceCounters counters() override { return {}; }

  std::size_t sent = 0;  // packets

 private:
  const FileDescriptor event_{eventfd(0, EFD_CLOEXEC)};
  std::vector<std::vector<std::uint8_t>> waiting_, received_;
  std::vector<ReceivedFrame> frames_;
};

/// An interface with raw IP. It rejects receive filters that contain the address `refused`.
class FakeDevice final : public Device {
 public:
  explicit FakeDevice(std::optional<IpAddress> refused = {})
      : FakeDevice(DeviceType::ethernet, "fake", refused) {}
  FakeDevice(DeviceType type, std::string name, std::optional<IpAddress> refused = {})
      : type_(type), name_(std::move(name)), refused_(refused) {
    add_queue(std::make_unique<FakeQueue>());
  }

  DeviceType type() const override { return type_; }
  const std::string& name() const override { return name_; }
  LinkLayer link_layer() const override { return LinkLayer::raw_ip; }
  MacAddress mac() const override { return {}; }
  std::size_t mtu_bytes() const override { return 1500; }
  tl::expected<void, SystemError> set_receive_filter(const ReceiveFilter& filter) override {
    if (refused_ && filter.addresses.contains(*refused_))
      return tl::unexpected(SystemError{"set the packet filter", ENOMEM});
    claims.push_back(to_string(filter.addresses));
    return {};
  }
  tl::expected<Followed, SystemError> follow(const MachineNetwork&) override { return Followed{}; }

  std::vector<std::string> claims;  // the addresses of each filter

 private:
  const DeviceType type_;
  const std::string name_;
  const std::optional<IpAddress> refused_;
};

}  // namespace apiary

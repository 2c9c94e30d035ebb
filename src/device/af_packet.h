#pragma once

#include <mutex>
#include <vector>

#include "base/byte_arena.h"
#include "device/device.h"
#include "device/kernel_tables.h"
#include "device/network_interface.h"
#include "device/packet_ring.h"
#include "posix/file_descriptor.h"

namespace apiary {

/// An Ethernet interface, through a packet socket with a memory-mapped receive ring. It receives
/// what is addressed to the interface's own MAC address and to those it was told of; it is
/// promiscuous only where these are many.
class AfPacket final : public Device {
 public:
  /// Errors: no privilege, no such interface, not Ethernet, not up.
  static tl::expected<std::unique_ptr<Device>, SystemError> open(std::string_view interface,
                                                                 const ReceiveFilter& filter);

  const std::string& name() const override { return interface_.name; }
  LinkLayer link_layer() const override { return LinkLayer::ethernet; }
  MacAddress mac() const override { return interface_.mac; }
  std::size_t mtu_bytes() const override { return interface_.mtu_bytes; }
  int descriptor() const override { return socket_.get(); }

  tl::expected<std::span<const ReceivedFrame>, SystemError> receive() override;
  std::size_t transmit(std::span<const Packet> packets) override;
  tl::expected<void, SystemError> set_receive_filter(const ReceiveFilter& filter) override;
  tl::expected<Followed, SystemError> follow(const MachineNetwork& now) override;
  DeviceCounters counters() override;

 private:
  AfPacket(NetworkInterface interface, FileDescriptor socket, PacketRing ring);
  void accept(const PacketRing::Slot& slot);
  Bytes read_whole_frame();
  tl::expected<void, SystemError> filter_for(const ReceiveFilter& filter);
  tl::expected<void, SystemError> let_in(const ReceiveFilter& filter);
  tl::expected<void, SystemError> bind_to(const SeenLink& link);
  bool is_bound_to(const SeenLink& link) const;
  void fall_silent();

  NetworkInterface interface_;
  FileDescriptor socket_;
  PacketRing ring_;
  std::vector<ReceivedFrame> batch_;
  Duration received_at_{};  // when the batch was taken, since the Unix epoch
  ByteArena large_frames_;  // of the batch: those that no slot could hold
  std::vector<std::uint8_t> large_buffer_;
  DeviceCounters counters_;
  bool is_silent_ = false;  // the interface goes by another name now, and is not ours any more
  std::mutex mutex_;        // claim() and follow() exclude each other; guards what follows
  ReceiveFilter receive_filter_;  // what claim() was last told
  ReceiveFilter let_in_;          // the MAC addresses that the card lets in
};

}  // namespace apiary

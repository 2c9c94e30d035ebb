#pragma once

#include <memory>
#include <vector>

#include "device/af_packet_queue.h"
#include "device/xdp_socket.h"

namespace apiary {

/// AF_XDP sockets, with a packet socket for the frames that the XDP program leaves to the kernel.
class XdpQueue final : public DeviceQueue {
 public:
  /// How frames are sent.
  enum class SendBy : std::uint8_t { packet_socket, xdp_socket };

  /// `packets` must outlive the queue. Errors: no descriptor is left.
  static tl::expected<std::unique_ptr<XdpQueue>, SystemError> make(
      AfPacketQueue& packets, std::vector<std::unique_ptr<XdpSocket>> sockets, SendBy send_by);

  int descriptor() const override { return any_.get(); }
  tl::expected<std::span<const ReceivedFrame>, SystemError> receive() override;
  std::size_t transmit(std::span<const Packet> packets) override;
  DeviceCounters counters() override;

 private:
  XdpQueue(AfPacketQueue& packets, std::vector<std::unique_ptr<XdpSocket>> sockets, SendBy send_by,
           FileDescriptor any)
      : packets_(packets), sockets_(std::move(sockets)), send_by_(send_by), any_(std::move(any)) {}
  void drop_dead_sockets();

  AfPacketQueue& packets_;
  std::vector<std::unique_ptr<XdpSocket>> sockets_;  // none after the interface was removed
  const SendBy send_by_;
  FileDescriptor any_;  // epoll: one of the sockets is readable
  std::vector<ReceivedFrame> batch_;
  bool packets_are_next_ = false, was_idle_ = false;
  DeviceCounters of_dropped_;
};

}  // namespace apiary

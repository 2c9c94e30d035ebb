#include "device/xdp_queue.h"

#include <sys/epoll.h>

#include <utility>

namespace apiary {
namespace {

bool watch(const FileDescriptor& epoll, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  return epoll_ctl(epoll.get(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void add(DeviceCounters& sum, const DeviceCounters& one) {
  sum.receive_drops += one.receive_drops;
  sum.truncated += one.truncated;
  sum.skipped += one.skipped;
}

}  // namespace

tl::expected<std::unique_ptr<XdpQueue>, SystemError> XdpQueue::make(
    AfPacketQueue& packets, std::vector<std::unique_ptr<XdpSocket>> sockets, SendBy send_by) {
  FileDescriptor any(epoll_create1(EPOLL_CLOEXEC));
  bool is_watched = any && watch(any, packets.descriptor());
  for (const auto& socket : sockets) is_watched = is_watched && watch(any, socket->descriptor());
  if (!is_watched) return tl::unexpected(last_system_error("watching AF_XDP sockets"));
  return std::unique_ptr<XdpQueue>(
      new XdpQueue(packets, std::move(sockets), send_by, std::move(any)));
}

tl::expected<std::span<const ReceivedFrame>, SystemError> XdpQueue::receive() {
  for (const auto& socket : sockets_) socket->give_back();
  batch_.clear();
  // In turn, so that a flood of one kind does not delay the other.
  packets_are_next_ = !packets_are_next_;
  if (packets_are_next_ && packets_.has_frames()) return packets_.receive();
  for (const auto& socket : sockets_) socket->take(batch_, max_batch_packets);
  if (!batch_.empty()) {
    was_idle_ = false;
    return batch_;
  }
  if (std::exchange(was_idle_, true)) drop_dead_sockets();
  return packets_.receive();
}

/// A socket whose interface was removed is dead, and always readable.
void XdpQueue::drop_dead_sockets() {
  std::erase_if(sockets_, [this](const std::unique_ptr<XdpSocket>& socket) {
    if (socket->take_error() == 0) return false;
    add(of_dropped_, socket->counters());
    epoll_ctl(any_.get(), EPOLL_CTL_DEL, socket->descriptor(), nullptr);
    return true;
  });
}

std::size_t XdpQueue::transmit(std::span<const Packet> packets) {
  if (send_by_ == SendBy::packet_socket || sockets_.empty()) return packets_.transmit(packets);
  std::size_t sent = 0;
  for (const Packet& packet : packets)
    sent += sockets_.front()->send(packet.bytes()) ? 1 : packets_.transmit({&packet, 1});
  sockets_.front()->flush();
  return sent;
}

DeviceCounters XdpQueue::counters() {
  DeviceCounters sum = packets_.counters();
  add(sum, of_dropped_);
  for (const auto& socket : sockets_) add(sum, socket->counters());
  return sum;
}

}  // namespace apiary

#include "device/tun_queue.h"

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>

namespace apiary {
namespace {

constexpr std::size_t max_packet_bytes = 65'536;

bool is_ipv4(Bytes packet) { return !packet.empty() && packet[0] >> 4 == 4; }

}  // namespace

TunQueue::TunQueue(std::string interface, FileDescriptor file, bool receives)
    : interface_(std::move(interface)),
      file_(std::move(file)),
      receives_(receives),
      never_readable_(receives ? -1 : eventfd(0, EFD_CLOEXEC)),
      buffer_(max_packet_bytes) {
  batch_.reserve(max_batch_packets);
}

tl::expected<std::span<const ReceivedFrame>, SystemError> TunQueue::receive() {
  batch_.clear();
  packets_.clear();
  while (receives_ && batch_.size() < max_batch_packets) {
    const ssize_t size = read(file_.get(), buffer_.data(), buffer_.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) break;
    if (size < 0) {
      if (!batch_.empty()) break;  // the next call meets the error again
      return tl::unexpected(last_privileged_error(fmt::format("receiving from {}", interface_)));
    }
    const Bytes packet = Bytes(buffer_).first(static_cast<std::size_t>(size));
    if (is_ipv4(packet)) batch_.push_back({packets_.copy(packet)});  // the kernel sends IPv6, too
  }
  return batch_;
}

std::size_t TunQueue::transmit(std::span<const Packet> packets) {
  std::size_t sent = 0;
  while (sent < packets.size()) {
    const Bytes bytes = packets[sent].bytes();
    if (write(file_.get(), bytes.data(), bytes.size()) >= 0) {
      ++sent;
    } else if (errno == EAGAIN || errno == ENOBUFS || errno == EIO) {
      return sent;
    } else if (errno != EINTR) {
      ++counters_.skipped;
      ++sent;
    }
  }
  return sent;
}

}  // namespace apiary

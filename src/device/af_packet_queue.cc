#include "device/af_packet_queue.h"

#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "device/packet_filter.h"
#include "posix/socket_option.h"

namespace apiary {
namespace {

// A slot holds the IP packet and these: the kernel's header, the link-layer header, padding.
constexpr std::size_t slot_overhead_bytes = 128;
// Larger slots would make the ring short; the rare larger frame is read from the socket instead.
constexpr std::size_t max_slot_bytes = 16'384;
constexpr std::size_t max_frame_bytes = 65'536 + 64;
// Of the socket: for frames that are larger than a slot, and for frames to be sent.
constexpr int socket_buffer_bytes = 8 << 20;

constexpr sock_filter reject_all{BPF_RET | BPF_K, 0, 0, 0};

bool attach_program(const FileDescriptor& socket, std::vector<sock_filter> program) {
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return set_option(socket, SOL_SOCKET, SO_ATTACH_FILTER, filter);
}

bool attach_filter(const FileDescriptor& socket, const ReceiveFilter& filter, ShardShare share) {
  return attach_program(socket, build_packet_filter(filter, share));
}

bool bind_to_index(const FileDescriptor& socket, int index) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = index;
  return bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

// No machine delays a frame this long: the wall clock was set meanwhile.
constexpr Duration max_wait = seconds{1};

/// The time since `arrival`, by the wall clock, which the kernel stamps frames with.
Duration waited_since(Duration arrival, Duration now) {
  const Duration waited = now - arrival;
  return waited < Duration{} || waited > max_wait ? Duration{} : waited;
}

}  // namespace

AfPacketQueue::AfPacketQueue(std::string interface, FileDescriptor socket, PacketRing ring,
                             ShardShare share)
    : interface_(std::move(interface)),
      socket_(std::move(socket)),
      share_(share),
      ring_(std::move(ring)),
      large_buffer_(max_frame_bytes) {
  batch_.reserve(max_batch_packets);
}

tl::expected<std::unique_ptr<AfPacketQueue>, SystemError> AfPacketQueue::open(
    const NetworkInterface& interface, const ReceiveFilter& filter, ShardShare share) {
  const auto fail = [&](std::string_view what) {
    return tl::unexpected(last_privileged_error(fmt::format("{}: {}", interface.name, what)));
  };
  // With protocol 0 it receives nothing until bind(), when filter and ring are in place.
  FileDescriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return fail("opening a packet socket");
  if (!attach_filter(socket, filter, share)) return fail("attaching the packet filter");
  if (!set_option(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1) ||
      !set_option(socket, SOL_PACKET, PACKET_COPY_THRESH, 1))
    return fail("setting up the packet socket");
  (void)set_option(socket, SOL_SOCKET, SO_RCVBUFFORCE, socket_buffer_bytes);  // helps; not needed
  (void)set_option(socket, SOL_SOCKET, SO_SNDBUFFORCE, socket_buffer_bytes);
  // PACKET_QDISC_BYPASS stays off: it gains 10% on an interface with a queue, and loses bursts.

  const std::size_t slot_bytes =
      std::min(interface.mtu_bytes + slot_overhead_bytes, max_slot_bytes);
  auto ring = PacketRing::attach(socket.get(), slot_bytes);
  if (!ring) return tl::unexpected(ring.error());
  if (!bind_to_index(socket, interface.index)) return fail("binding the packet socket");
  return std::unique_ptr<AfPacketQueue>(
      new AfPacketQueue(interface.name, std::move(socket), std::move(*ring), share));
}

tl::expected<std::span<const ReceivedFrame>, SystemError> AfPacketQueue::receive() {
  const bool was_idle = batch_.empty();
  ring_.give_back();
  batch_.clear();
  large_frames_.clear();
  received_at_ = std::chrono::system_clock::now().time_since_epoch();
  PacketRing::Slot slot;
  while (batch_.size() < max_batch_packets && ring_.take(slot)) accept(slot);

  if (batch_.empty() && was_idle) {  // an error that waits on the socket may have woken us
    int trouble = 0;
    socklen_t size = sizeof trouble;
    if (getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &trouble, &size) == 0 && trouble != 0) {
      errno = trouble;
      return tl::unexpected(last_privileged_error(fmt::format("receiving from {}", interface_)));
    }
  }
  return batch_;
}

void AfPacketQueue::accept(const PacketRing::Slot& slot) {
  const Bytes bytes = slot.whole_on_socket ? read_whole_frame() : slot.bytes;
  if (bytes.size() < slot.frame_bytes) {
    ++counters_.truncated;
    return;
  }
  batch_.push_back(
      {bytes, slot.checksum_pending, waited_since(slot.arrival, received_at_), slot.vlan});
}

Bytes AfPacketQueue::read_whole_frame() {
  // An error that waits on the socket is reported once, before the frame.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const ssize_t size = recv(socket_.get(), large_buffer_.data(), large_buffer_.size(), 0);
    if (size >= 0)
      return large_frames_.copy(Bytes(large_buffer_).first(static_cast<std::size_t>(size)));
  }
  return {};
}

std::size_t AfPacketQueue::transmit(std::span<const Packet> packets) {
  std::array<mmsghdr, max_batch_packets> messages;
  std::array<iovec, max_batch_packets> contents;
  std::size_t sent = 0;
  while (sent < packets.size() && !is_silent_) {
    const auto batch = packets.subspan(sent, std::min(packets.size() - sent, max_batch_packets));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Bytes bytes = batch[i].bytes();
      contents[i] = {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
      messages[i] = {};
      messages[i].msg_hdr.msg_iov = &contents[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int taken =
        sendmmsg(socket_.get(), messages.data(), static_cast<unsigned>(batch.size()), 0);
    if (taken > 0) {
      sent += static_cast<std::size_t>(taken);
    } else if (errno == EAGAIN || errno == ENOBUFS || errno == ENETDOWN || errno == ENXIO) {
      return sent;  // no room now, or no link: that is so for the rest as well
    } else if (errno != EINTR) {
      ++counters_.skipped;  // this packet cannot go; the next one may
      ++sent;
    }
  }
  return sent;
}

DeviceCounters AfPacketQueue::counters() {
  tpacket_stats since_last{};
  socklen_t size = sizeof since_last;
  if (getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &since_last, &size) == 0)
    counters_.receive_drops += since_last.tp_drops;
  return counters_;
}

tl::expected<void, SystemError> AfPacketQueue::set_filter(const ReceiveFilter& filter) {
  bool is_set = attach_filter(socket_, filter, share_);
  // The kernel may lack room for two large filters. Without any for a moment, the socket receives
  // packets for others, which the engine drops.
  const int off = 0;
  if (!is_set && errno == ENOMEM && set_option(socket_, SOL_SOCKET, SO_DETACH_FILTER, off))
    is_set = attach_filter(socket_, filter, share_);
  if (!is_set)
    return tl::unexpected(
        last_system_error(fmt::format("{}: changing the packet filter", interface_)));
  is_silent_ = false;
  return {};
}

tl::expected<void, SystemError> AfPacketQueue::bind_to(int index) {
  if (!bind_to_index(socket_, index))
    return tl::unexpected(
        last_system_error(fmt::format("{}: binding the packet socket", interface_)));
  return {};
}

bool AfPacketQueue::is_bound_to(int index) const {
  sockaddr_ll bound{};
  socklen_t size = sizeof bound;
  return getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&bound), &size) == 0 &&
         bound.sll_ifindex == index;
}

void AfPacketQueue::silence() { is_silent_ = attach_program(socket_, {reject_all}); }

}  // namespace apiary

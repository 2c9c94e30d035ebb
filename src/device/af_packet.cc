#include "device/af_packet.h"

#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "device/link_monitor.h"
#include "device/packet_filter.h"
#include "posix/socket_option.h"

namespace apiary {
namespace {

// What a slot holds besides the IP packet: the kernel's header, the link-layer header, padding.
constexpr std::size_t slot_overhead_bytes = 128;
// Larger slots would make a short ring; the rare larger frame is read from the socket instead.
constexpr std::size_t max_slot_bytes = 16'384;
constexpr std::size_t max_frame_bytes = 65'536 + 64;
// For the frames that no slot holds, and for those on their way out.
constexpr int socket_buffer_bytes = 8 << 20;

constexpr sock_filter reject_all{BPF_RET | BPF_K, 0, 0, 0};

bool attach_program(const FileDescriptor& socket, std::vector<sock_filter> program) {
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return set_option(socket, SOL_SOCKET, SO_ATTACH_FILTER, filter);
}

bool attach_filter(const FileDescriptor& socket, const ReceiveFilter& filter) {
  return attach_program(socket, build_packet_filter(filter));
}

bool bind_to_index(const FileDescriptor& socket, int index) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = index;
  return bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// What PACKET_ADD_MEMBERSHIP and PACKET_DROP_MEMBERSHIP take: all frames, those to any group ...
packet_mreq membership(const NetworkInterface& interface, unsigned short type) {
  packet_mreq request{};
  request.mr_ifindex = interface.index;
  request.mr_type = type;
  return request;
}
/// ... or those to one address.
packet_mreq membership(const NetworkInterface& interface, const MacAddress& mac) {
  packet_mreq request = membership(interface, PACKET_MR_UNICAST);
  request.mr_alen = static_cast<unsigned short>(mac.bytes.size());
  std::copy(mac.bytes.begin(), mac.bytes.end(), request.mr_address);
  return request;
}

tl::expected<NetworkInterface, SystemError> find_usable_interface(std::string_view name) {
  auto interface = find_interface(name);
  if (!interface) return interface;
  if (!interface->is_ethernet)
    return tl::unexpected(SystemError{fmt::format(
        "{} is not an Ethernet interface; for routed use, there is -i tun:NAME", name)});
  if (!interface->is_up)
    return tl::unexpected(SystemError{fmt::format("{0} is down: ip link set {0} up", name)});
  return interface;
}

// More than any machine lets a frame wait: the wall clock was set meanwhile.
constexpr Duration max_wait = seconds{1};

/// How long ago a frame came, by the wall clock that the kernel stamps frames with.
Duration waited_since(Duration arrival, Duration now) {
  const Duration waited = now - arrival;
  return waited < Duration{} || waited > max_wait ? Duration{} : waited;
}

}  // namespace

AfPacket::AfPacket(NetworkInterface interface, FileDescriptor socket, PacketRing ring)
    : interface_(std::move(interface)),
      socket_(std::move(socket)),
      ring_(std::move(ring)),
      large_buffer_(max_frame_bytes) {
  batch_.reserve(max_batch_packets);
}

tl::expected<std::unique_ptr<Device>, SystemError> AfPacket::open(std::string_view name,
                                                                  const ReceiveFilter& filter) {
  const auto fail = [&](std::string_view what) {
    return tl::unexpected(last_privileged_error(fmt::format("{}: {}", name, what)));
  };
  auto interface = find_usable_interface(name);
  if (!interface) return tl::unexpected(interface.error());

  // Of protocol 0 it hears nothing until bind(), when filter and ring are in place.
  FileDescriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return fail("opening a packet socket");
  if (!attach_filter(socket, filter)) return fail("attaching the packet filter");
  if (!set_option(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1) ||
      !set_option(socket, SOL_PACKET, PACKET_COPY_THRESH, 1))
    return fail("setting up the packet socket");
  (void)set_option(socket, SOL_SOCKET, SO_RCVBUFFORCE, socket_buffer_bytes);  // helps; not needed
  (void)set_option(socket, SOL_SOCKET, SO_SNDBUFFORCE, socket_buffer_bytes);
  // PACKET_QDISC_BYPASS stays off: it gains 10% where there is a queue, and loses bursts there.

  const std::size_t slot_bytes =
      std::min(interface->mtu_bytes + slot_overhead_bytes, max_slot_bytes);
  auto ring = PacketRing::attach(socket.get(), slot_bytes);
  if (!ring) return tl::unexpected(ring.error());
  if (!bind_to_index(socket, interface->index)) return fail("binding the packet socket");
  std::unique_ptr<AfPacket> device(
      new AfPacket(std::move(*interface), std::move(socket), std::move(*ring)));
  device->receive_filter_ = filter;
  if (auto let_in = device->let_in(filter); !let_in) return tl::unexpected(let_in.error());
  return device;
}

tl::expected<std::span<const ReceivedFrame>, SystemError> AfPacket::receive() {
  const bool was_idle = batch_.empty();
  ring_.give_back();
  batch_.clear();
  large_frames_.clear();
  received_at_ = std::chrono::system_clock::now().time_since_epoch();
  PacketRing::Slot slot;
  while (batch_.size() < max_batch_packets && ring_.take(slot)) accept(slot);

  if (batch_.empty() && was_idle) {  // perhaps we were woken by trouble, which stays until read
    int trouble = 0;
    socklen_t size = sizeof trouble;
    if (getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &trouble, &size) == 0 && trouble != 0) {
      errno = trouble;
      return tl::unexpected(last_privileged_error(fmt::format("receiving from {}", name())));
    }
  }
  return batch_;
}

void AfPacket::accept(const PacketRing::Slot& slot) {
  const Bytes bytes = slot.whole_on_socket ? read_whole_frame() : slot.bytes;
  if (bytes.size() < slot.frame_bytes) {
    ++counters_.truncated;
    return;
  }
  batch_.push_back(
      {bytes, slot.checksum_pending, waited_since(slot.arrival, received_at_), slot.vlan});
}

Bytes AfPacket::read_whole_frame() {
  // An error that waits on the socket is reported once, before the frame.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const ssize_t size = recv(socket_.get(), large_buffer_.data(), large_buffer_.size(), 0);
    if (size >= 0)
      return large_frames_.copy(Bytes(large_buffer_).first(static_cast<std::size_t>(size)));
  }
  return {};
}

std::size_t AfPacket::transmit(std::span<const Packet> packets) {
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

tl::expected<void, SystemError> AfPacket::set_receive_filter(const ReceiveFilter& filter) {
  const std::lock_guard guard(mutex_);
  if (auto done = let_in(filter); !done) return done;
  if (auto done = filter_for(filter); !done) return done;
  receive_filter_ = filter;
  return {};
}

tl::expected<void, SystemError> AfPacket::filter_for(const ReceiveFilter& filter) {
  if (attach_filter(socket_, filter)) return {};
  // There is no room for two large filters at once. Without one, for a moment, more comes in than
  // is ours, which the engine turns away.
  const int off = 0;
  if (errno == ENOMEM && set_option(socket_, SOL_SOCKET, SO_DETACH_FILTER, off) &&
      attach_filter(socket_, filter))
    return {};
  return tl::unexpected(last_system_error(fmt::format("{}: changing the packet filter", name())));
}

/// Has the card let in what is sent to these MAC addresses; its kernel puts it into promiscuous
/// mode where it knows too few.
tl::expected<void, SystemError> AfPacket::let_in(const ReceiveFilter& filter) {
  constexpr unsigned short all = PACKET_MR_PROMISC, groups = PACKET_MR_ALLMULTI;
  const auto change = [this](int option, const auto& what) {
    return set_option(socket_, SOL_PACKET, option, membership(interface_, what));
  };
  bool done = true;
  if (filter.many_macs && !let_in_.many_macs) done = change(PACKET_ADD_MEMBERSHIP, all);
  if (done && filter.broadcasts && !let_in_.broadcasts)
    done = change(PACKET_ADD_MEMBERSHIP, groups);
  for (const MacAddress& mac : filter.macs)
    if (done && std::ranges::find(let_in_.macs, mac) == let_in_.macs.end())
      done = change(PACKET_ADD_MEMBERSHIP, mac);
  if (!done)
    return tl::unexpected(last_system_error(
        fmt::format("{}: receiving for MAC addresses other than its own", name())));
  for (const MacAddress& mac : let_in_.macs)
    if (std::ranges::find(filter.macs, mac) == filter.macs.end())
      change(PACKET_DROP_MEMBERSHIP, mac);
  if (!filter.many_macs && let_in_.many_macs) change(PACKET_DROP_MEMBERSHIP, all);
  if (!filter.broadcasts && let_in_.broadcasts) change(PACKET_DROP_MEMBERSHIP, groups);
  let_in_ = {.addresses = {},
             .macs = filter.macs,
             .many_macs = filter.many_macs,
             .broadcasts = filter.broadcasts};
  return {};
}

tl::expected<Followed, SystemError> AfPacket::follow(const MachineNetwork& now) {
  const std::lock_guard guard(mutex_);
  const SeenLink* const link = now.find_link(interface_.name);
  if (link == nullptr || !link->is_ethernet) {
    fall_silent();
    return Followed{InterfaceState::gone};
  }
  const bool reopens = is_silent_ || !is_bound_to(*link);
  if (reopens)
    if (auto bound = bind_to(*link); !bound) return tl::unexpected(bound.error());
  interface_.mac = link->mac;
  interface_.mtu_bytes = link->mtu_bytes;
  interface_.is_up = link->is_up;
  if (!link->is_up) return Followed{InterfaceState::down, reopens};
  return Followed{link->has_link ? InterfaceState::up : InterfaceState::no_link, reopens};
}

/// A packet socket whose interface goes away is bound to none.
bool AfPacket::is_bound_to(const SeenLink& link) const {
  sockaddr_ll bound{};
  socklen_t size = sizeof bound;
  return getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&bound), &size) == 0 &&
         bound.sll_ifindex == link.index;
}

/// To make a packet socket takes privileges that are given up by now; to bind one again does not.
tl::expected<void, SystemError> AfPacket::bind_to(const SeenLink& link) {
  let_in_ = {};  // memberships are of an interface, and went with it
  interface_.index = link.index;
  if (!bind_to_index(socket_, link.index))
    return tl::unexpected(last_system_error(fmt::format("{}: binding the packet socket", name())));
  if (auto done = let_in(receive_filter_); !done) return done;
  if (is_silent_)
    if (auto done = filter_for(receive_filter_); !done) return done;
  is_silent_ = false;
  return {};
}

/// If the interface still exists, it is somebody else's.
void AfPacket::fall_silent() {
  is_silent_ = attach_program(socket_, {reject_all});
  (void)let_in({});
}

DeviceCounters AfPacket::counters() {
  tpacket_stats since_last{};
  socklen_t size = sizeof since_last;
  if (getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &since_last, &size) == 0)
    counters_.receive_drops += since_last.tp_drops;
  return counters_;
}

}  // namespace apiary

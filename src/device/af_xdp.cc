#include "device/af_xdp.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "device/card_settings.h"
#include "device/network_interface.h"

namespace apiary {
namespace {

constexpr std::size_t link_layer_bytes = 18;  // with a VLAN tag
// Of one queue as for a packet socket's ring; several share that, since they share the load.
constexpr std::uint32_t max_frames = 16'384, min_frames = 2'048;

/// The largest frame that AF_XDP receives. The packet socket receives larger ones.
std::size_t largest_frame(const Device& device) {
  return std::min(device.mtu_bytes() + link_layer_bytes, XdpSocket::max_frame_bytes);
}

std::uint32_t frames_per_queue(unsigned queues) {
  return std::max(std::bit_floor(max_frames / queues), min_frames);
}

}  // namespace

tl::expected<std::unique_ptr<Device>, SystemError> AfXdp::open(std::string_view name,
                                                               const ReceiveFilter& filter,
                                                               bool generic_only) {
  auto packets = AfPacket::open(name, filter);
  if (!packets) return packets;
  const unsigned queues = receive_queues((*packets)->name());
  auto steering = XdpSteering::load(queues, largest_frame(**packets));
  if (!steering) return tl::unexpected(steering.error());
  std::unique_ptr<AfXdp> device(new AfXdp(std::move(*packets), std::move(*steering)));
  if (auto started = device->start(filter, queues, generic_only); !started)
    return tl::unexpected(started.error());
  return device;
}

tl::expected<void, SystemError> AfXdp::start(const ReceiveFilter& filter, unsigned queues,
                                             bool generic_only) {
  const auto interface = find_interface(name());
  if (!interface) return tl::unexpected(interface.error());
  // A driver may rebuild its queues for the program, so sockets come later.
  const auto mode = steering_.attach(name(), interface->index, generic_only);
  if (!mode) return tl::unexpected(mode.error());
  std::vector<std::unique_ptr<XdpSocket>> sockets;
  for (unsigned queue = 0; queue < queues; ++queue) {
    auto socket = XdpSocket::open(
        name(), queue, {.frame_bytes = largest_frame(*this), .frames = frames_per_queue(queues)});
    if (!socket) return tl::unexpected(socket.error());
    if (auto added = steering_.add_socket(queue, (*socket)->descriptor()); !added) return added;
    sockets.push_back(std::move(*socket));
  }
  // With copies, a call of an AF_XDP socket sends 32 frames at most, and one of the packet socket
  // 256.
  const auto send_by = sockets.front()->is_zero_copy() ? XdpQueue::SendBy::xdp_socket
                                                       : XdpQueue::SendBy::packet_socket;
  auto queue = XdpQueue::make(static_cast<AfPacketQueue&>(*packets_->queues()[0]),
                              std::move(sockets), send_by);
  if (!queue) return tl::unexpected(queue.error());
  add_queue(std::move(*queue));
  if (*mode == XdpMode::generic && !generic_only)
    remark_ =
        fmt::format("the driver of {} has no XDP: using generic mode, which is slower", name());
  else if (removes_vlan_tags(name()))
    remark_ = fmt::format(
        "{0} removes VLAN tags before XDP sees the frames, so that frames of VLANs look like "
        "others; if there are VLANs on this link: ethtool -K {0} rxvlan off",
        name());
  return steering_.change_to(filter.addresses);
}

tl::expected<void, SystemError> AfXdp::set_receive_filter(const ReceiveFilter& filter) {
  if (auto set = packets_->set_receive_filter(filter); !set) return set;
  return steering_.change_to(filter.addresses);
}

}  // namespace apiary

#include "device/af_packet.h"

#include <fmt/format.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <algorithm>

#include "device/link_monitor.h"
#include "posix/socket_option.h"

namespace apiary {
namespace {

/// The argument of PACKET_ADD_MEMBERSHIP and PACKET_DROP_MEMBERSHIP for a set of frames, by `type`.
packet_mreq membership(const NetworkInterface& interface, unsigned short type) {
  packet_mreq request{};
  request.mr_ifindex = interface.index;
  request.mr_type = type;
  return request;
}

/// The same for frames to one MAC address.
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

}  // namespace

tl::expected<std::unique_ptr<Device>, SystemError> AfPacket::open(std::string_view name,
                                                                  const ReceiveFilter& filter,
                                                                  std::size_t queues) {
  auto interface = find_usable_interface(name);
  if (!interface) return tl::unexpected(interface.error());
  std::unique_ptr<AfPacket> device(new AfPacket(std::move(*interface)));
  for (std::size_t i = 0; i < queues; ++i) {
    auto queue =
        AfPacketQueue::open(device->interface_, filter,
                            {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(queues)});
    if (!queue) return tl::unexpected(queue.error());
    device->sockets_.push_back(&device->add_queue(std::move(*queue)));
  }
  device->receive_filter_ = filter;
  if (auto set = device->set_memberships(filter); !set) return tl::unexpected(set.error());
  return device;
}

tl::expected<void, SystemError> AfPacket::set_receive_filter(const ReceiveFilter& filter) {
  const std::lock_guard guard(mutex_);
  if (!sockets_.front()->is_silent()) {  // else follow() sets it when the interface is back
    if (auto set = set_memberships(filter); !set) return set;
    if (auto set = set_filters(filter); !set) return set;
  }
  receive_filter_ = filter;
  return {};
}

/// Sets the filter of all sockets. If one refuses it, those before it get the last one again.
tl::expected<void, SystemError> AfPacket::set_filters(const ReceiveFilter& filter) {
  for (AfPacketQueue* const socket : sockets_) {
    auto set = socket->set_filter(filter);
    if (set) continue;
    for (AfPacketQueue* const changed : sockets_) {
      if (changed == socket) return set;
      (void)changed->set_filter(receive_filter_);
    }
  }
  return {};
}

/// Makes the network card receive frames for the MAC addresses of `filter`, by the first socket.
/// The kernel makes the card promiscuous if it can filter fewer addresses.
tl::expected<void, SystemError> AfPacket::set_memberships(const ReceiveFilter& filter) {
  constexpr unsigned short all = PACKET_MR_PROMISC, groups = PACKET_MR_ALLMULTI;
  const auto change = [this](int option, const auto& what) {
    return set_option(sockets_.front()->socket(), SOL_PACKET, option, membership(interface_, what));
  };
  bool done = true;
  if (filter.many_macs && !memberships_.many_macs) done = change(PACKET_ADD_MEMBERSHIP, all);
  if (done && filter.broadcasts && !memberships_.broadcasts)
    done = change(PACKET_ADD_MEMBERSHIP, groups);
  for (const MacAddress& mac : filter.macs)
    if (done && std::ranges::find(memberships_.macs, mac) == memberships_.macs.end())
      done = change(PACKET_ADD_MEMBERSHIP, mac);
  if (!done)
    return tl::unexpected(last_system_error(
        fmt::format("{}: receiving for MAC addresses other than its own", name())));
  for (const MacAddress& mac : memberships_.macs)
    if (std::ranges::find(filter.macs, mac) == filter.macs.end())
      change(PACKET_DROP_MEMBERSHIP, mac);
  if (!filter.many_macs && memberships_.many_macs) change(PACKET_DROP_MEMBERSHIP, all);
  if (!filter.broadcasts && memberships_.broadcasts) change(PACKET_DROP_MEMBERSHIP, groups);
  memberships_ = {.addresses = {},
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
  const bool reopens = std::ranges::any_of(sockets_, [&](const AfPacketQueue* socket) {
    return socket->is_silent() || !socket->is_bound_to(link->index);
  });
  if (reopens)
    if (auto reopened = reopen(*link); !reopened) return tl::unexpected(reopened.error());
  interface_.mac = link->mac;
  interface_.mtu_bytes = link->mtu_bytes;
  interface_.is_up = link->is_up;
  if (!link->is_up) return Followed{InterfaceState::down, reopens};
  return Followed{link->has_link ? InterfaceState::up : InterfaceState::no_link, reopens};
}

/// Binds the packet sockets again. A new socket would need privileges, which the daemon has
/// dropped.
tl::expected<void, SystemError> AfPacket::reopen(const SeenLink& link) {
  memberships_ = {};  // the kernel removed them with the old interface
  interface_.index = link.index;
  for (AfPacketQueue* const socket : sockets_)
    if (auto bound = socket->bind_to(link.index); !bound) return bound;
  if (auto set = set_memberships(receive_filter_); !set) return set;
  for (AfPacketQueue* const socket : sockets_)
    if (socket->is_silent())
      if (auto set = socket->set_filter(receive_filter_); !set) return set;
  return {};
}

/// An interface that was only renamed belongs to somebody else now.
void AfPacket::fall_silent() {
  for (AfPacketQueue* const socket : sockets_) socket->silence();
  (void)set_memberships({});
}

}  // namespace apiary

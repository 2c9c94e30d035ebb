#include "device/link_monitor.h"

#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "posix/netlink_message.h"

namespace apiary {
namespace {

/// Passes all messages except those about routes: of these only the ones about default routes, and
/// local routes, which make addresses the machine's own. A router's other routes change by the
/// thousand.
std::array<sock_filter, 9> make_filter() {
  // A BPF program loads values in network order; netlink messages are in host order.
  constexpr std::uint32_t type_offset = offsetof(nlmsghdr, nlmsg_type);
  constexpr std::uint32_t length_offset = sizeof(nlmsghdr) + offsetof(rtmsg, rtm_dst_len);
  constexpr std::uint32_t kind_offset = sizeof(nlmsghdr) + offsetof(rtmsg, rtm_type);
  const auto type = [](std::uint16_t value) { return std::uint32_t{htons(value)}; };
  return std::array<sock_filter, 9>{{
      {BPF_LD | BPF_H | BPF_ABS, 0, 0, type_offset},
      {BPF_JMP | BPF_JEQ | BPF_K, 1, 0, type(RTM_NEWROUTE)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 4, type(RTM_DELROUTE)},
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, length_offset},
      {BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 0},
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, kind_offset},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, RTN_LOCAL},
      {BPF_RET | BPF_K, 0, 0, 0xffff'ffff},
      {BPF_RET | BPF_K, 0, 0, 0},
  }};
}

}  // namespace

const SeenLink* MachineNetwork::find_link(std::string_view name) const {
  const auto found = std::ranges::find(links, name, &SeenLink::name);
  return found == links.end() ? nullptr : &*found;
}

const SeenLink* MachineNetwork::find_link(int index) const {
  const auto found = std::ranges::find(links, index, &SeenLink::index);
  return found == links.end() ? nullptr : &*found;
}

tl::expected<LinkMonitor, SystemError> LinkMonitor::open() {
  auto listener = NetlinkListener::open(RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE,
                                        make_filter(), "listening to changes of interfaces");
  if (!listener) return tl::unexpected(listener.error());
  return LinkMonitor(std::move(*listener));
}

bool LinkMonitor::take_changes() {
  const auto received = listener_.receive([this](Bytes messages) { read(messages); });
  missed_some_ = missed_some_ || received.missed;
  return received.any;
}

void LinkMonitor::read(Bytes messages) {
  while (messages.size() >= sizeof(nlmsghdr)) {
    const auto header = netlink::read_at<nlmsghdr>(messages, 0);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > messages.size()) return;
    const auto link = netlink::read_at<ifinfomsg>(messages, sizeof header);
    if (header.nlmsg_type == RTM_NEWLINK && (link.ifi_flags & IFF_UP) == 0)
      were_down_.insert(link.ifi_index);
    messages = messages.subspan(
        std::min<std::size_t>(netlink::aligned(header.nlmsg_len), messages.size()));
  }
}

tl::expected<MachineNetwork, SystemError> LinkMonitor::look() {
  auto links = read_links();
  if (!links) return tl::unexpected(links.error());
  auto addresses = own_addresses();
  if (!addresses) return tl::unexpected(addresses.error());
  return MachineNetwork{std::move(*links), std::move(*addresses), std::exchange(were_down_, {}),
                        std::exchange(missed_some_, false)};
}

}  // namespace apiary

#include "device/link_monitor.h"

#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "device/netlink_message.h"
#include "posix/socket_option.h"

namespace apiary {
namespace {

/// Lets pass all messages but those on routes. Of these only default ones matter and those to what
/// is the machine's own: where a router runs, the others come by the thousand.
bool leave_out_other_routes(const FileDescriptor& socket) {
  // A filter loads as if all were in network order; netlink is in the machine's.
  const auto type = [](std::uint16_t value) { return std::uint32_t{htons(value)}; };
  constexpr std::uint32_t type_offset = offsetof(nlmsghdr, nlmsg_type);
  constexpr std::uint32_t length_offset = sizeof(nlmsghdr) + offsetof(rtmsg, rtm_dst_len);
  constexpr std::uint32_t kind_offset = sizeof(nlmsghdr) + offsetof(rtmsg, rtm_type);
  std::array<sock_filter, 9> program{{
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
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  return set_option(socket, SOL_SOCKET, SO_ATTACH_FILTER, filter);
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
  FileDescriptor socket(
      ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE));
  sockaddr_nl groups{};
  groups.nl_family = AF_NETLINK;
  groups.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE;
  if (!socket || !leave_out_other_routes(socket) ||
      bind(socket.get(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups) != 0)
    return tl::unexpected(last_system_error("listening to changes of interfaces"));
  return LinkMonitor(std::move(socket));
}

bool LinkMonitor::take_changes() {
  bool changed = false;
  while (true) {
    const ssize_t size = recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno != ENOBUFS) return changed;
    changed = true;
    if (size < 0)
      missed_some_ = true;
    else
      read(Bytes(buffer_).first(static_cast<std::size_t>(size)));
  }
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

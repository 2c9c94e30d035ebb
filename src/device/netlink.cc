#include "device/netlink.h"

#include <fmt/format.h>
#include <linux/fib_rules.h>

#include <cerrno>

#include "base/big_endian.h"
#include "device/kernel_tables.h"
#include "posix/netlink_message.h"

namespace apiary {
namespace {

using netlink::aligned;
using netlink::exchange;
using netlink::for_each_attribute;
using netlink::Message;
using netlink::read_at;

tl::expected<void, SystemError> execute_command(const FileDescriptor& socket, Message message,
                                                const std::string& what) {
  errno = exchange(socket, message, [](const nlmsghdr&, Bytes) {});
  if (errno != 0) return tl::unexpected(last_privileged_error(what));
  return {};
}

Message route_message(std::uint16_t type, std::uint16_t flags, const KernelRoute& route) {
  rtmsg body{};
  body.rtm_family = AF_INET;
  body.rtm_dst_len = static_cast<std::uint8_t>(route.destination.length());
  body.rtm_protocol = our_route_protocol;
  body.rtm_scope = route.interface == 0 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
  body.rtm_type = route.interface == 0 ? RTN_BLACKHOLE : RTN_UNICAST;
  Message message(type, flags, body);
  message.add_attribute(RTA_TABLE, route.table);
  message.add_attribute(RTA_DST, BigEndian<std::uint32_t>(route.destination.first().v4_value()));
  if (route.interface != 0) message.add_attribute(RTA_OIF, route.interface);
  return message;
}

Message rule_message(std::uint16_t type, std::uint16_t flags, const KernelRule& rule) {
  fib_rule_hdr body{};
  body.family = AF_INET;
  body.action = FR_ACT_TO_TBL;
  Message message(type, flags, body);
  message.add_attribute(FRA_IIFNAME, rule.interface);
  message.add_attribute(FRA_TABLE, rule.table);
  message.add_attribute(FRA_PRIORITY, our_rule_priority);
  message.add_attribute(FRA_PROTOCOL, our_route_protocol);
  return message;
}

/// Reads the body of an RTM_NEWROUTE message.
KernelRoute read_route(Bytes body) {
  const auto fixed = read_at<rtmsg>(body, 0);
  KernelRoute route{.destination = {}, .table = fixed.rtm_table};
  BigEndian<std::uint32_t> first{0};
  for_each_attribute(body.subspan(aligned(sizeof fixed)), [&](std::uint16_t type, Bytes value) {
    if (type == RTA_TABLE) route.table = read_at<std::uint32_t>(value, 0);
    if (type == RTA_DST) first = read_at<BigEndian<std::uint32_t>>(value, 0);
  });
  route.destination = {IpAddress::v4(std::uint32_t{first}), fixed.rtm_dst_len};
  return route;
}

}  // namespace

tl::expected<Netlink, SystemError> Netlink::open() {
  FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket) return tl::unexpected(last_privileged_error("opening a netlink socket"));
  return Netlink(std::move(socket));
}

tl::expected<void, SystemError> Netlink::add_route(const KernelRoute& route) {
  return execute_command(
      socket_, route_message(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, route),
      fmt::format("adding a route to {}", to_string(route.destination)));
}

tl::expected<void, SystemError> Netlink::remove_route(const KernelRoute& route) {
  return execute_command(socket_, route_message(RTM_DELROUTE, NLM_F_ACK, route),
                         fmt::format("removing the route to {}", to_string(route.destination)));
}

tl::expected<void, SystemError> Netlink::add_rule(const KernelRule& rule) {
  return execute_command(socket_,
                         rule_message(RTM_NEWRULE, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, rule),
                         fmt::format("adding a routing rule for {}", rule.interface));
}

tl::expected<void, SystemError> Netlink::remove_rule(const KernelRule& rule) {
  return execute_command(socket_, rule_message(RTM_DELRULE, NLM_F_ACK, rule),
                         fmt::format("removing the routing rule for {}", rule.interface));
}

tl::expected<std::vector<KernelRoute>, SystemError> Netlink::black_holes() {
  rtmsg body{};
  body.rtm_family = AF_INET;
  Message message(RTM_GETROUTE, NLM_F_DUMP, body);
  std::vector<KernelRoute> found;
  errno = exchange(socket_, message, [&](const nlmsghdr& header, Bytes answer) {
    const auto fixed = read_at<rtmsg>(answer, 0);
    if (header.nlmsg_type == RTM_NEWROUTE && fixed.rtm_type == RTN_BLACKHOLE &&
        fixed.rtm_protocol == our_route_protocol)
      found.push_back(read_route(answer));
  });
  if (errno != 0) return tl::unexpected(last_privileged_error("reading the routing tables"));
  return found;
}

tl::expected<std::vector<KernelRule>, SystemError> Netlink::rules() {
  const auto all = read_rules();
  if (!all) return tl::unexpected(all.error());
  std::vector<KernelRule> found;
  for (const SeenRule& rule : *all)
    if (rule.is_ours) found.push_back({rule.interface, rule.table});
  return found;
}

}  // namespace apiary

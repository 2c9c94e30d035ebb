#include "sandbox/server_network.h"

#include <fcntl.h>
#include <linux/if.h>  // not <net/if.h>, which cannot follow it in another file
#include <linux/if_link.h>
#include <linux/veth.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include "base/big_endian.h"
#include "posix/netlink_message.h"

namespace apiary {
namespace {

constexpr char inside_name[] = "eth0", outside_name[] = "outside";
// Where the inside sends what is not its own; a link-local address, which no visitor has.
constexpr IpAddress gateway = IpAddress::v4(169, 254, 0, 1);
// The neighbour that does not exist, with a MAC address that is locally administered.
constexpr IpAddress guard = IpAddress::v4(169, 254, 0, 2);
constexpr std::array<std::uint8_t, 6> guard_mac{0x02, 0, 0, 0, 0, 0x02};
// As many as a /16 has: each is an address of eth0 and a route.
constexpr std::size_t max_hosts = 65'536;
using NetworkResult = tl::expected<void, SystemError>;

NetworkResult network_failure(std::string what, int number = errno) {
  return tl::unexpected(SystemError{"the subsystem's network: " + std::move(what), number});
}

FileDescriptor open_namespace() {
  return FileDescriptor(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
}

FileDescriptor open_netlink() {
  return FileDescriptor(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
}

NetworkResult change(const FileDescriptor& socket, netlink::Message& message, const char* what) {
  const int number = netlink::exchange(socket, message, [](const auto&, Bytes) {});
  if (number != 0 && number != EEXIST) return network_failure(what, number);
  return {};
}

/// For those that have no privileges, in the namespace of this process. False: there is no
/// /proc/sys, or it may not be written.
bool allow_all_ports() {
  const FileDescriptor file(
      open("/proc/sys/net/ipv4/ip_unprivileged_port_start", O_WRONLY | O_CLOEXEC));
  return file && write(file.get(), "0", 1) == 1;
}

/// The index of an interface of this namespace; 0: there is none.
int index_of(const char* interface) {
  const FileDescriptor any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::string_view(interface).copy(request.ifr_name, IFNAMSIZ - 1);
  return any && ioctl(any.get(), SIOCGIFINDEX, &request) == 0 ? request.ifr_ifindex : 0;
}

NetworkResult set_up(const char* interface) {
  const FileDescriptor any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::string_view(interface).copy(request.ifr_name, IFNAMSIZ - 1);
  if (!any || ioctl(any.get(), SIOCGIFFLAGS, &request) != 0) return network_failure(interface);
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  if (ioctl(any.get(), SIOCSIFFLAGS, &request) != 0) return network_failure(interface);
  return {};
}

BigEndian<std::uint32_t> in_network_order(const IpAddress& address) { return address.v4_value(); }

/// Makes the pair, one end here, the other in the namespace `peer`.
NetworkResult add_link(const FileDescriptor& socket, const FileDescriptor& peer) {
  netlink::Message message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, ifinfomsg{});
  message.add_attribute(IFLA_IFNAME, std::string(outside_name));
  message.begin_nested(IFLA_LINKINFO);
  message.add_attribute(IFLA_INFO_KIND, std::string("veth"));
  message.begin_nested(IFLA_INFO_DATA);
  message.begin_nested(VETH_INFO_PEER);
  message.add_body(ifinfomsg{});
  message.add_attribute(IFLA_IFNAME, std::string(inside_name));
  message.add_attribute(IFLA_NET_NS_FD, peer.get());
  for (int i = 0; i < 3; ++i) message.end_nested();
  return change(socket, message, "a pair of virtual interfaces (veth)");
}

NetworkResult add_address(const FileDescriptor& socket, const IpAddress& address, int interface) {
  ifaddrmsg body{};
  body.ifa_family = AF_INET;
  body.ifa_prefixlen = 32;
  body.ifa_index = static_cast<std::uint32_t>(interface);
  netlink::Message message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_ACK, body);
  message.add_attribute(IFA_LOCAL, in_network_order(address));
  message.add_attribute(IFA_ADDRESS, in_network_order(address));
  return change(socket, message, "an address");
}

struct Route {
  IpPrefix destination;
  int interface = 0;
  unsigned char type = RTN_UNICAST;
  std::optional<IpAddress> gateway{};
};

NetworkResult change_route(const FileDescriptor& socket, const Route& route, std::uint16_t type,
                           std::uint16_t flags) {
  rtmsg body{};
  body.rtm_family = AF_INET;
  body.rtm_dst_len = static_cast<unsigned char>(route.destination.length());
  body.rtm_table = RT_TABLE_MAIN;
  body.rtm_protocol = RTPROT_STATIC;
  body.rtm_type = route.type;
  body.rtm_scope = route.type == RTN_LOCAL ? RT_SCOPE_HOST
                   : route.gateway         ? RT_SCOPE_UNIVERSE
                                           : RT_SCOPE_LINK;
  if (route.gateway) body.rtm_flags = RTNH_F_ONLINK;
  netlink::Message message(type, flags | NLM_F_ACK, body);
  if (route.destination.length() > 0)
    message.add_attribute(RTA_DST, in_network_order(route.destination.first()));
  message.add_attribute(RTA_OIF, route.interface);
  if (route.gateway) message.add_attribute(RTA_GATEWAY, in_network_order(*route.gateway));
  return change(socket, message, "a route");
}

NetworkResult add_route(const FileDescriptor& socket, const Route& route) {
  return change_route(socket, route, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);
}

NetworkResult remove_route(const FileDescriptor& socket, const Route& route) {
  return change_route(socket, route, RTM_DELROUTE, 0);
}

NetworkResult add_guard(const FileDescriptor& socket, int interface) {
  ndmsg body{};
  body.ndm_family = AF_INET;
  body.ndm_ifindex = interface;
  body.ndm_state = NUD_PERMANENT;
  netlink::Message message(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_ACK, body);
  message.add_attribute(NDA_DST, in_network_order(guard));
  message.add_attribute(NDA_LLADDR, guard_mac);
  return change(socket, message, "a neighbour");
}

/// The MAC address of an interface of this namespace.
tl::expected<std::array<std::uint8_t, 6>, SystemError> mac_of(const char* interface) {
  const FileDescriptor any(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::string_view(interface).copy(request.ifr_name, IFNAMSIZ - 1);
  if (!any || ioctl(any.get(), SIOCGIFHWADDR, &request) != 0)
    return tl::unexpected(last_system_error(interface));
  std::array<std::uint8_t, 6> mac{};
  std::memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
  return mac;
}

}  // namespace

tl::expected<ServerNetwork, SystemError> ServerNetwork::make() {
  ServerNetwork network;
  const auto built = [&]() -> NetworkResult {
    network.allows_all_ports_ = allow_all_ports();
    if (auto done = set_up("lo"); !done) return done;
    network.inside_ = open_namespace();
    network.inside_netlink_ = open_netlink();
    if (!network.inside_ || !network.inside_netlink_ || unshare(CLONE_NEWNET) != 0)
      return network_failure("a second network namespace");
    network.outside_ = open_namespace();
    network.outside_netlink_ = open_netlink();
    if (!network.outside_ || !network.outside_netlink_) return network_failure("its namespaces");
    network.allows_all_ports_ = allow_all_ports() && network.allows_all_ports_;
    if (auto done = add_link(network.outside_netlink_, network.inside_); !done) return done;
    for (const char* interface : {"lo", outside_name})
      if (auto done = set_up(interface); !done) return done;
    const int loopback = index_of("lo");
    network.outside_link_ = index_of(outside_name);
    if (auto done = add_address(network.outside_netlink_, gateway, network.outside_link_); !done)
      return done;
    if (auto done = add_route(network.outside_netlink_, {{}, loopback, RTN_LOCAL}); !done)
      return done;
    if (!network.go_inside()) return network_failure("setns");
    if (auto done = set_up(inside_name); !done) return done;
    network.inside_link_ = index_of(inside_name);
    if (auto done =
            add_route(network.inside_netlink_, {{}, network.inside_link_, RTN_UNICAST, gateway});
        !done)
      return done;
    if (!network.go_outside()) return network_failure("setns");
    return {};
  }();
  if (!built) return tl::unexpected(built.error());
  return network;
}

bool ServerNetwork::go_inside() const { return setns(inside_.get(), CLONE_NEWNET) == 0; }

bool ServerNetwork::go_outside() const { return setns(outside_.get(), CLONE_NEWNET) == 0; }

tl::expected<void, SystemError> ServerNetwork::add_host(const IpAddress& host) {
  if (hosts_.contains(host)) return {};
  if (hosts_.size() >= max_hosts) return network_failure("too many hosts", ENOSPC);
  if (auto done = add_address(inside_netlink_, host, inside_link_); !done) return done;
  if (auto done = add_route(outside_netlink_, {{host, 32}, outside_link_}); !done) return done;
  hosts_.insert(host);
  return {};
}

tl::expected<void, SystemError> ServerNetwork::unroute_to_guard(const IpPrefix& destination) {
  // It has replaced the default route.
  if (destination.length() == 0)
    return add_route(inside_netlink_, {{}, inside_link_, RTN_UNICAST, gateway});
  return remove_route(inside_netlink_, {destination, inside_link_, RTN_UNICAST, guard});
}

tl::expected<EgressGate::Link, SystemError> ServerNetwork::route_to_guard(
    const EgressList& destinations) {
  const auto gateway_mac = mac_of(outside_name);
  if (!gateway_mac) return tl::unexpected(gateway_mac.error());
  if (auto done = add_guard(inside_netlink_, inside_link_); !done)
    return tl::unexpected(done.error());
  std::set<IpPrefix> wanted;
  for (const EgressRule& rule : destinations) wanted.insert(rule.destinations);
  for (const IpPrefix& old : std::set<IpPrefix>(guarded_)) {
    if (wanted.contains(old)) continue;
    if (auto done = unroute_to_guard(old); !done) return tl::unexpected(done.error());
    guarded_.erase(old);
  }
  for (const IpPrefix& destination : wanted) {
    if (auto done = add_route(inside_netlink_, {destination, inside_link_, RTN_UNICAST, guard});
        !done)
      return tl::unexpected(done.error());
    guarded_.insert(destination);
  }
  return EgressGate::Link{.inside = inside_link_,
                          .outside = outside_link_,
                          .guard = guard_mac,
                          .gateway = *gateway_mac};
}

tl::expected<FileDescriptor, SystemError> ServerNetwork::open_visitor_socket(
    const VisitorSocketRequest& request) {
  if (!request.visitor.address.is_v4() || !request.host.address.is_v4())
    return tl::unexpected(SystemError{"only for IPv4", EAFNOSUPPORT});
  if (auto added = add_host(request.host.address); !added) return tl::unexpected(added.error());
  return make_visitor_socket(request);
}

}  // namespace apiary

#include "device/kernel_tables.h"

#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/big_endian.h"
#include "device/netlink.h"
#include "posix/netlink_message.h"
#include "posix/socket_option.h"

namespace apiary {
namespace {

using netlink::aligned;
using netlink::for_each_attribute;
using netlink::Message;
using netlink::read_at;

/// Asks the kernel for a list, and calls `handle` with the body of each entry. With `is_filtered`,
/// the kernel lists only entries that match `body`; older kernels list all.
template <class Body, class Handle>
tl::expected<void, SystemError> list_all(std::uint16_t request, const Body& body, const char* what,
                                         Handle handle, bool is_filtered = false) {
  const FileDescriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket) return tl::unexpected(last_system_error("opening a netlink socket"));
  if (is_filtered) (void)set_option(socket, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
  Message message(request, NLM_F_DUMP, body);
  errno = netlink::exchange(socket, message, [&](const nlmsghdr&, Bytes entry) { handle(entry); });
  if (errno != 0) return tl::unexpected(last_system_error(what));
  return {};
}

std::string name_of(int index) {
  std::array<char, IF_NAMESIZE> name{};
  return if_indextoname(static_cast<unsigned>(index), name.data()) == nullptr ? "" : name.data();
}

std::string text_of(Bytes value) {
  std::string text(value.begin(), value.end());
  return text.substr(0, text.find('\0'));
}

IpAddress address_of(Bytes value) {
  return IpAddress::v4(std::uint32_t{read_at<BigEndian<std::uint32_t>>(value, 0)});
}

std::string macvlan_mode(std::uint32_t mode) {
  switch (mode) {
    case MACVLAN_MODE_PRIVATE:
      return "private";
    case MACVLAN_MODE_VEPA:
      return "vepa";
    case MACVLAN_MODE_BRIDGE:
      return "bridge";
    case MACVLAN_MODE_PASSTHRU:
      return "passthru";
    default:
      return "";
  }
}

void read_kind(Bytes info, SeenLink& link) {
  for_each_attribute(info, [&](std::uint16_t type, Bytes value) {
    if (type == IFLA_INFO_KIND) link.kind = text_of(value);
    if (type != IFLA_INFO_DATA || link.kind != "macvlan") return;
    for_each_attribute(value, [&](std::uint16_t inner, Bytes data) {
      if (inner == IFLA_MACVLAN_MODE) link.mode = macvlan_mode(read_at<std::uint32_t>(data, 0));
    });
  });
}

void read_other_names(Bytes properties, SeenLink& link) {
  for_each_attribute(properties, [&](std::uint16_t type, Bytes value) {
    if (type == IFLA_ALT_IFNAME) link.other_names.push_back(text_of(value));
  });
}

}  // namespace

namespace {

/// Calls `handle(next hop, its attributes)` for each path of a route that has several.
template <class Handle>
void for_each_next_hop(Bytes paths, Handle handle) {
  while (paths.size() >= sizeof(rtnexthop)) {
    const auto hop = read_at<rtnexthop>(paths, 0);
    if (hop.rtnh_len < sizeof hop || hop.rtnh_len > paths.size()) return;
    handle(hop, paths.subspan(sizeof hop, hop.rtnh_len - sizeof hop));
    paths = paths.subspan(std::min(aligned(hop.rtnh_len), paths.size()));
  }
}

/// The names of interfaces; asks the kernel once for each.
class InterfaceNames {
 public:
  const std::string& of(int index) {
    const auto [entry, is_new] = names_.try_emplace(index);
    if (is_new) entry->second = name_of(index);
    return entry->second;
  }

 private:
  std::map<int, std::string> names_;
};

}  // namespace

/// `request` selects the routes; without a table, all.
static tl::expected<std::vector<SeenRoute>, SystemError> read_routes(rtmsg request) {
  std::vector<SeenRoute> routes;
  InterfaceNames names;
  request.rtm_family = AF_INET;
  const auto read = [&](Bytes entry) {
    const auto fixed = read_at<rtmsg>(entry, 0);
    SeenRoute route;
    route.table = fixed.rtm_table;
    route.kind = fixed.rtm_type == RTN_UNICAST ? SeenRoute::Kind::unicast
                 : fixed.rtm_type == RTN_LOCAL ? SeenRoute::Kind::local
                                               : SeenRoute::Kind::other;
    IpAddress first = IpAddress::v4(0);
    Bytes paths;
    for_each_attribute(entry.subspan(aligned(sizeof fixed)), [&](std::uint16_t type, Bytes value) {
      if (type == RTA_TABLE) route.table = read_at<std::uint32_t>(value, 0);
      if (type == RTA_DST) first = address_of(value);
      if (type == RTA_OIF) route.interface_name = names.of(read_at<int>(value, 0));
      if (type == RTA_GATEWAY) route.gateway = address_of(value);
      if (type == RTA_PRIORITY) route.metric = read_at<std::uint32_t>(value, 0);
      if (type == RTA_MULTIPATH) paths = value;
    });
    route.destination = {first, fixed.rtm_dst_len};
    if (paths.empty()) return routes.push_back(std::move(route));
    for_each_next_hop(paths, [&](const rtnexthop& hop, Bytes attributes) {
      SeenRoute path = route;
      path.interface_name = names.of(hop.rtnh_ifindex);
      for_each_attribute(attributes, [&](std::uint16_t type, Bytes value) {
        if (type == RTA_GATEWAY) path.gateway = address_of(value);
      });
      routes.push_back(std::move(path));
    });
  };
  const bool is_filtered = request.rtm_table != 0;
  const auto listed =
      list_all(RTM_GETROUTE, request, "reading the routing tables", read, is_filtered);
  const bool is_no_table = !listed && is_filtered && listed.error().number == ENOENT;
  if (!listed && !is_no_table) return tl::unexpected(listed.error());
  return routes;
}

tl::expected<std::vector<SeenRoute>, SystemError> read_routes() { return read_routes(rtmsg{}); }

tl::expected<std::vector<SeenRoute>, SystemError> read_local_routes() {
  rtmsg request{};
  request.rtm_table = RT_TABLE_LOCAL;
  request.rtm_type = RTN_LOCAL;
  auto routes = read_routes(request);
  if (routes)
    std::erase_if(*routes, [](const SeenRoute& route) {
      return route.kind != SeenRoute::Kind::local || route.table != RT_TABLE_LOCAL;
    });
  return routes;
}

/// Whether a condition of a rule holds for packets that the machine itself sends, by any interface,
/// without a mark or source address.
static bool is_about_own(std::uint16_t type, Bytes value) {
  constexpr std::uint32_t none = 0xffff'ffff;  // the rule has no such condition
  switch (type) {
    case FRA_IIFNAME:
      return text_of(value) == "lo";
    case FRA_FWMARK:
      return read_at<std::uint32_t>(value, 0) == 0;
    case FRA_SUPPRESS_IFGROUP:
      return read_at<std::uint32_t>(value, 0) == none;
    case FRA_UID_RANGE: {
      const auto range = read_at<fib_rule_uid_range>(value, 0);
      return range.start <= geteuid() && geteuid() <= range.end;
    }
    case FRA_OIFNAME:
    case FRA_TUN_ID:
    case FRA_L3MDEV:
    case FRA_IP_PROTO:
    case FRA_SPORT_RANGE:
    case FRA_DPORT_RANGE:
      return false;
    default:
      return true;
  }
}

tl::expected<std::vector<SeenRule>, SystemError> read_rules() {
  std::vector<SeenRule> rules;
  fib_rule_hdr request{};
  request.family = AF_INET;
  const auto read = [&](Bytes entry) {
    const auto fixed = read_at<fib_rule_hdr>(entry, 0);
    SeenRule rule{.table = fixed.table};
    bool is_for_own = fixed.src_len == 0 && fixed.tos == 0;
    IpAddress first = IpAddress::v4(0);
    for_each_attribute(entry.subspan(aligned(sizeof fixed)), [&](std::uint16_t type, Bytes value) {
      if (type == FRA_TABLE) rule.table = read_at<std::uint32_t>(value, 0);
      if (type == FRA_IIFNAME) rule.interface = text_of(value);
      if (type == FRA_DST) first = address_of(value);
      if (type == FRA_SUPPRESS_PREFIXLEN)
        rule.shortest_length = static_cast<int>(read_at<std::uint32_t>(value, 0)) + 1;
      if (!is_about_own(type, value)) is_for_own = false;
      if (type == FRA_PRIORITY) rule.priority = read_at<std::uint32_t>(value, 0);
      if (type == FRA_PROTOCOL)
        rule.is_ours = read_at<std::uint8_t>(value, 0) == our_route_protocol;
    });
    rule.destination = {first, fixed.dst_len};
    const bool is_inverted = (fixed.flags & FIB_RULE_INVERT) != 0;
    // A negated destination would be many prefixes: leave out such a rule.
    rule.is_for_own = is_inverted ? !is_for_own : is_for_own;
    if (is_inverted) rule.destination = {};
    if (is_inverted && fixed.dst_len > 0 && is_for_own) rule.is_for_own = false;
    if (fixed.action == FR_ACT_TO_TBL) rules.push_back(rule);
  };
  if (auto listed = list_all(RTM_GETRULE, request, "reading the routing rules", read); !listed)
    return tl::unexpected(listed.error());
  return rules;
}

tl::expected<std::vector<SeenLink>, SystemError> read_links() {
  std::vector<SeenLink> links;
  ifinfomsg request{};
  const auto read = [&](Bytes entry) {
    const auto fixed = read_at<ifinfomsg>(entry, 0);
    SeenLink link{.index = fixed.ifi_index};
    link.is_up = (fixed.ifi_flags & IFF_UP) != 0;
    link.is_ethernet = fixed.ifi_type == ARPHRD_ETHER;
    bool is_lower_elsewhere = false;
    for_each_attribute(entry.subspan(aligned(sizeof fixed)), [&](std::uint16_t type, Bytes value) {
      if (type == IFLA_IFNAME) link.name = text_of(value);
      if (type == IFLA_PROP_LIST) read_other_names(value, link);
      if (type == IFLA_MTU) link.mtu_bytes = read_at<std::uint32_t>(value, 0);
      if (type == IFLA_ADDRESS && value.size() == link.mac.bytes.size())
        std::copy(value.begin(), value.end(), link.mac.bytes.begin());
      if (type == IFLA_MASTER) link.master = read_at<int>(value, 0);
      if (type == IFLA_LINK) link.lower = read_at<int>(value, 0);
      if (type == IFLA_CARRIER) link.has_link = read_at<std::uint8_t>(value, 0) != 0;
      if (type == IFLA_LINK_NETNSID) is_lower_elsewhere = true;
      if (type == IFLA_LINKINFO) read_kind(value, link);
      if (type != IFLA_XDP) return;
      for_each_attribute(value, [&](std::uint16_t inner, Bytes data) {
        if (inner == IFLA_XDP_ATTACHED)
          link.has_xdp = read_at<std::uint8_t>(data, 0) != XDP_ATTACHED_NONE;
      });
    });
    if (is_lower_elsewhere || link.lower == link.index) link.lower = 0;
    links.push_back(std::move(link));
  };
  if (auto listed = list_all(RTM_GETLINK, request, "listing the interfaces", read); !listed)
    return tl::unexpected(listed.error());
  return links;
}

}  // namespace apiary

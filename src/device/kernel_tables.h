#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/address.h"
#include "posix/system_error.h"

namespace apiary {

/// A route of the kernel, ours or not. A multipath route gives one of these for each path.
struct SeenRoute {
  enum class Kind { unicast, local, other };
  IpPrefix destination;
  std::uint32_t table = 0;
  Kind kind = Kind::unicast;
  std::string interface_name;          // empty: none
  std::optional<IpAddress> gateway{};  // none: directly reachable
  std::uint32_t metric = 0;            // the kernel uses the route with the lowest
};

/// A routing rule: the kernel looks up packets that match in `table`, in order of priority.
struct SeenRule {
  std::uint32_t priority = 0, table = 0;
  bool is_ours = false;
  std::string interface {};  // by which packets arrive; empty: any
  // Whether it matches packets that the machine itself sends, without a mark or source address.
  bool is_for_own = true;
  IpPrefix destination{};   // of packets that match
  int shortest_length = 0;  // it ignores routes with shorter prefixes
};

/// An interface, as rtnetlink reports it.
struct SeenLink {
  int index = 0;
  std::string name;
  std::vector<std::string> other_names{};  // altnames
  bool is_ethernet = false;
  MacAddress mac{};           // unused unless Ethernet
  std::size_t mtu_bytes = 0;  // of the IP packet
  std::string kind, mode;     // of a virtual one: "macvlan", "bridge", "veth"; a macvlan's mode
  int master = 0;             // the index of the bridge or bond that it is a port of; 0: none
  int lower = 0;              // the index of its lower interface or peer in this namespace; 0: none
  bool is_up = false;
  bool has_link = false;  // it has a carrier; false while it is down
  bool has_xdp = false;
};

/// Errors: the kernel rejects the query.
tl::expected<std::vector<SeenRoute>, SystemError> read_routes();  // IPv4, of all tables
/// IPv4 routes of type local, to the machine's own addresses. Fast even if there are many others.
tl::expected<std::vector<SeenRoute>, SystemError> read_local_routes();
tl::expected<std::vector<SeenRule>, SystemError> read_rules();  // IPv4, ascending
tl::expected<std::vector<SeenLink>, SystemError> read_links();

}  // namespace apiary

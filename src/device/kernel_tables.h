#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "base/address.h"
#include "posix/system_error.h"

namespace apiary {

/// A route of the kernel, whoever made it. One of several paths is several of these.
struct SeenRoute {
  enum class Kind { unicast, local, other };
  IpPrefix destination;
  std::uint32_t table = 0;
  Kind kind = Kind::unicast;
  std::string interface_name;          // empty: none
  std::optional<IpAddress> gateway{};  // none: directly reached
  std::uint32_t metric = 0;            // of routes to the same destination, the lowest counts
};

/// "What matches is looked up in `table`", in order of priority.
struct SeenRule {
  std::uint32_t priority = 0, table = 0;
  bool is_ours = false;
  std::string interface {};  // by which what it is about comes in; empty: by any
  // Whether it is about what the machine itself sends, without a mark and before it has a source.
  bool is_for_own = true;
  IpPrefix destination{};   // of what it is about
  int shortest_length = 0;  // of the routes that count
};

/// What the kernel says of an interface besides its flags.
struct SeenLink {
  int index = 0;
  std::string name;
  std::vector<std::string> other_names{};  // altnames
  bool is_ethernet = false;
  MacAddress mac{};           // unused unless Ethernet
  std::size_t mtu_bytes = 0;  // of the IP packet
  std::string kind, mode;     // of a virtual one: "macvlan", "bridge", "veth"; a macvlan's mode
  int master = 0;             // the index of the bridge or bond that it is a port of; 0: none
  int lower = 0;  // of the interface that it stands on, or its peer, in this network; 0: none
  bool is_up = false;
  bool has_link = false;  // to its other end, if it is up
  bool has_xdp = false;
};

/// Errors: the kernel refuses.
tl::expected<std::vector<SeenRoute>, SystemError> read_routes();  // IPv4, of all tables
/// IPv4, to what is the machine's own: quick, however many others there are.
tl::expected<std::vector<SeenRoute>, SystemError> read_local_routes();
tl::expected<std::vector<SeenRule>, SystemError> read_rules();  // IPv4, ascending
tl::expected<std::vector<SeenLink>, SystemError> read_links();

}  // namespace apiary

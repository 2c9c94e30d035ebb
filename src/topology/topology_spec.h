#pragma once

#include <vector>

#include "base/address.h"
#include "base/tunnel_ends.h"
#include "topology/link.h"

namespace apiary {

/// `route entry ROUTER network NET`: packets for NET enter at ROUTER. Packets for other addresses
/// enter at the router of the first entry, if it has a route to them.
struct EntryRoute {
  IpAddress router;
  IpPrefix network;
};
/// `route ROUTER link NET`: ROUTER reaches NET directly.
struct DirectRoute {
  IpAddress router;
  IpPrefix network;
};
/// `route ROUTER unreach NET`: ROUTER answers that NET is unreachable.
struct UnreachableRoute {
  IpAddress router;
  IpPrefix network;
};
/// `route ROUTER add net NET NEXT ...`: ROUTER forwards packets for NET to the router NEXT.
struct NextHopRoute {
  IpAddress router;
  IpPrefix network;
  IpAddress next;
  LinkQuality link;
};

/// `route ROUTER add net NET tunnel LOCAL REMOTE`: ROUTER forwards packets for NET into a tunnel.
struct TunnelRoute {
  IpAddress router;
  IpPrefix network;
  TunnelEnds tunnel;
};

/// A topology as configured.
struct TopologySpec {
  std::vector<EntryRoute> entries;
  std::vector<DirectRoute> direct;
  std::vector<NextHopRoute> next_hops;
  std::vector<UnreachableRoute> unreachable{};
  std::vector<TunnelRoute> tunnels{};
};

}  // namespace apiary

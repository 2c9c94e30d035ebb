#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "config/diagnostic.h"
#include "config/statement.h"
#include "topology/topology.h"

namespace apiary {

/// The routes of a configuration, gathered statement by statement.
class RouteBook {
 public:
  explicit RouteBook(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void apply(const RouteEntry& statement);
  void apply(const RouteLink& statement);
  void apply(const RouteNextHop& statement);
  /// A route is missing because of an error: what does not fit together is not to be reported.
  void excuse_gaps() { has_gaps_ = true; }

  /// The topology that the routes make together. Nothing: they make none; why was reported.
  std::optional<Topology> build();

  const TopologyPlan& plan() const { return plan_; }

 private:
  void add_router(const Located<IpAddress>& router);
  bool is_new_route(const Located<IpAddress>& router, const Located<IpPrefix>& network);
  std::set<IpAddress> reached_routers() const;
  void check_entries();
  void check_routers();

  Diagnostics& diagnostics_;
  TopologyPlan plan_;
  std::vector<Span> next_hop_places_;  // of plan_.next_hops
  std::map<IpPrefix, Located<IpAddress>> entries_;
  std::map<std::pair<IpAddress, IpPrefix>, Span> routes_;
  std::vector<Located<IpAddress>> routers_;  // each where it is first mentioned
  std::set<IpAddress> known_routers_, routers_with_routes_;
  bool has_gaps_ = false;
};

}  // namespace apiary

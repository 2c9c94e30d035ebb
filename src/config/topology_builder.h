#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "config/diagnostic.h"
#include "config/source_locations.h"
#include "config/statement.h"
#include "topology/topology.h"

namespace apiary {

/// Collects the routes of a configuration, statement by statement.
class TopologyBuilder {
 public:
  explicit TopologyBuilder(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void apply(const RouteEntry& statement);
  void apply(const RouteLink& statement);
  void apply(const RouteUnreach& statement);
  void apply(const RouteNextHop& statement);
  void apply(const RouteTunnel& statement);
  /// Call it if a route is missing because of an error: suppresses reports of the consequences.
  void suppress_gap_reports() { has_gaps_ = true; }

  /// The topology of all routes. Nothing: reported why they make none.
  std::optional<Topology> build();

  const TopologySpec& plan() const { return plan_; }
  /// The statements of its entries and its other routes.
  const std::vector<RouteOrigin>& entry_origins() const { return entry_origins_; }
  const std::vector<RouteOrigin>& route_origins() const { return route_origins_; }
  /// The statements that link networks, with their routers.
  const std::vector<RouteOrigin>& links() const { return links_; }

 private:
  void add_router(const Located<IpAddress>& router);
  bool is_new_route(const Located<IpAddress>& router, const Located<IpPrefix>& network);
  std::set<IpAddress> reached_routers() const;
  void check_entries();
  void check_routers();
  void check_links();
  void note_overlapping_entries();
  void note_networks_outside_entries();
  void note_parallel_link(const RouteNextHop& statement);
  void warn_unused_routes(const Topology& topology);

  Diagnostics& diagnostics_;
  TopologySpec plan_;
  std::vector<Span> next_hop_places_;  // parallel to plan_.next_hops
  std::map<IpPrefix, Located<IpAddress>> entries_;
  std::map<std::pair<IpAddress, IpPrefix>, Span> routes_;
  std::vector<Located<IpAddress>> routers_;  // at their first mention
  std::set<IpAddress> known_routers_, routers_with_routes_;
  std::map<std::pair<IpAddress, IpAddress>, Located<LinkQuality>> first_links_;  // low, high
  std::vector<RouteOrigin> entry_origins_, route_origins_, links_;
  bool has_gaps_ = false;
};

}  // namespace apiary

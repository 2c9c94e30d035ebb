#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/lru_map.h"
#include "host/flow_hash.h"
#include "host/interface_settings.h"
#include "host/limits.h"
#include "topology/topology.h"

namespace apiary {

/// Where the virtual network leads on to what is real: which interface each tunnel of the topology
/// is, and how visitors whose packets went there are reached when an answer comes back.
class Portals {
 public:
  Portals(const Limits& limits, const HashKey& hash_key)
      : visitors_(limits.forwarded_visitors, FlowHash{hash_key}) {}

  /// Goes over to another topology.
  void adopt(const Topology& topology, std::span<const InterfaceSettings> interfaces);

  /// The interface that `path` ends in; none: its tunnel is not open. REQUIRES: it ends in one.
  std::optional<InterfaceId> exit_of(const Path& path) const { return exits_[path.tunnel]; }
  /// Whether `path` ends in `interface`.
  bool leads_to(const Path& path, InterfaceId interface) const {
    return path.end == PathEnd::tunnel && exit_of(path) == interface;
  }

  /// A packet of `visitor`, who is reached by `way`, is handed on.
  void note_visitor(const IpAddress& visitor, const ReturnPath& way);
  /// How `visitor` is reached; nullptr: nothing of theirs was handed on, or long ago.
  const ReturnPath* way_to(const IpAddress& visitor) { return visitors_.touch(visitor); }

 private:
  std::vector<std::optional<InterfaceId>> exits_;  // of the topology's tunnels
  LruMap<IpAddress, ReturnPath, FlowHash> visitors_;
};

}  // namespace apiary

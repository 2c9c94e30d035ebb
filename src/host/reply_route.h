#pragma once

#include <cstdint>

#include "base/time.h"
#include "telemetry/drop_reason.h"
#include "topology/channel.h"
#include "topology/topology.h"
#include "wire/frame.h"

namespace apiary {

/// The route from a host or router back to a visitor. It points into the current topology, so it is
/// valid for one turn only; see SavedReplyRoute.
struct ReplyRoute {
  Egress exit;
  const Path* path = nullptr;  // null if there is no link between
  PathPosition from;           // on the path
  std::uint16_t hops = 0;      // by which the hop limit decreases
  Instant departs{};           // when packets of this turn depart; not before the turn
};

/// The route back from a point of `path` that a packet reached at `at`, with `hops` routers before
/// it.
ReplyRoute reply_route(const Egress& exit, const Path& path, const PathPosition& place,
                       std::size_t hops, Instant at);

/// The part of a reply route that a conversation stores. It looks up the rest again, since the
/// topology may have changed.
struct SavedReplyRoute {
  Egress exit;
  Instant departed{};  // when the answer to the last received packet departed
};

DropReason drop_reason(LinkLoss loss);

}  // namespace apiary

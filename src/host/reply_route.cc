#include "host/reply_route.h"

#include <algorithm>

namespace apiary {

ReplyRoute reply_route(const Egress& exit, const Path& path, const PathPosition& place,
                       std::size_t hops, Instant at) {
  return {.exit = exit,
          .path = &path,
          .from = place,
          .hops = static_cast<std::uint16_t>(std::min<std::size_t>(hops, 255)),
          .departs = at};
}

DropReason drop_reason(LinkLoss loss) {
  switch (loss) {
    case LinkLoss::on_the_wire:
      return DropReason::lost_on_link;
    case LinkLoss::early_drop:
      return DropReason::link_early_drop;
    case LinkLoss::queue_full:
      return DropReason::link_queue_full;
  }
  return DropReason::lost_on_link;
}

}  // namespace apiary

#include "service/share_refusal.h"

#include <fmt/format.h>

namespace apiary {

Refusal share_refusal(const ShareLimits& limits, SourceShares::Exhausted share,
                      const IpAddress& source) {
  if (share == SourceShares::Exhausted::host)
    return {fmt::format("not connected: {} has {} connections already", to_string(source),
                        limits.per_host)};
  return {fmt::format("not connected: the network of {} has {} connections already",
                      to_string(source), limits.per_network)};
}

}  // namespace apiary

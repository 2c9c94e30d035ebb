#pragma once

#include "base/source_shares.h"
#include "service/service_backend.h"

namespace apiary {

/// Says that the share of connections of a source is used up.
Refusal share_refusal(const ShareLimits& limits, SourceShares::Exhausted share,
                      const IpAddress& source);

}  // namespace apiary

#pragma once

#include "base/source_shares.h"
#include "service/service_backend.h"

namespace apiary {

/// The refusal of a source whose share of connections is used up.
Refusal share_refusal(const ShareLimits& limits, SourceShares::Exhausted share,
                      const IpAddress& source);

}  // namespace apiary

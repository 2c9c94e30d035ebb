#pragma once

#include <map>
#include <string>

#include "base/address_set.h"
#include "config/diagnostic.h"
#include "config/source_locations.h"
#include "honeynet/honeynet.h"

namespace apiary {

/// Reports proxies whose connections would come back to `claimed` addresses of `honeynet`: an error
/// if they surely run in a circle, a warning if they only do so unless a real machine has one of
/// the addresses, or if they end at another host (the daemon refuses connections of its own
/// proxies). Does not resolve names, nor know other machines that forward.
void find_proxy_loops(const Honeynet& honeynet, const AddressSet& claimed,
                      const std::map<std::string, TemplateLocations>& origins,
                      Diagnostics& diagnostics);

}  // namespace apiary

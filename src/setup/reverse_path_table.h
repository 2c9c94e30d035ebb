#pragma once

#include <span>
#include <string>
#include <vector>

#include "device/kernel_tables.h"
#include "host/interface_settings.h"
#include "host/reverse_paths.h"

namespace apiary {

/// Which sources visitors may have on `interfaces`, the engine's, when the machine has these links
/// and routes. Routes count that by the routing rules are for what the machine itself sends, as a
/// proxy does, to the source. Interfaces of one link, as a bridge and its ports or a macvlan and
/// what it stands on, count as one.
///
/// What comes out of a tunnel is only refused the machine's own addresses: its far end lets in whom
/// it wants. Of a TUN interface the machine is the other end, and its kernel has judged.
ReversePaths make_reverse_paths(std::span<const InterfaceSettings> interfaces,
                                std::span<const SeenLink> links, std::span<const SeenRoute> routes,
                                std::span<const SeenRule> rules, bool allow_asymmetric);

/// Whom that refuses although operators may want them: a sentence on each interface whose visitors
/// from elsewhere the machine would answer by another one.
std::vector<std::string> asymmetric_interfaces(std::span<const InterfaceSettings> interfaces,
                                               const ReversePaths& paths,
                                               std::span<const SeenRoute> routes,
                                               std::span<const SeenRule> rules);

}  // namespace apiary

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
/// From a tunnel, only the machine's own addresses are refused: its far end checks the others. For
/// a TUN interface, the machine's kernel has already checked.
ReversePaths make_reverse_paths(std::span<const InterfaceSettings> interfaces,
                                std::span<const SeenLink> links, std::span<const SeenRoute> routes,
                                std::span<const SeenRule> rules, bool allow_asymmetric);

/// Warnings about visitors that are refused: a sentence for each interface whose visitors from
/// other networks the machine would answer by another interface.
std::vector<std::string> asymmetric_interfaces(std::span<const InterfaceSettings> interfaces,
                                               const ReversePaths& paths,
                                               std::span<const SeenRoute> routes,
                                               std::span<const SeenRule> rules);

}  // namespace apiary

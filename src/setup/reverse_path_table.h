#pragma once

#include <span>
#include <string>
#include <vector>

#include "device/kernel_tables.h"
#include "host/interface_settings.h"
#include "host/reverse_paths.h"

namespace apiary {

/// The source addresses that visitors may have on the engine's `interfaces`, given the machine's
/// links and routes. Only routes count that the routing rules select for packets that the machine
/// itself sends to the source, as a proxy does. Interfaces of the same link count as one: a bridge
/// and its ports, or a macvlan and its parent.
///
/// On a tunnel, only the machine's own addresses are refused, as the far end checks the others. On
/// a TUN interface, the machine's kernel has already checked.
ReversePaths make_reverse_paths(std::span<const InterfaceSettings> interfaces,
                                std::span<const SeenLink> links, std::span<const SeenRoute> routes,
                                std::span<const SeenRule> rules, bool allow_asymmetric);

/// Warnings about refused visitors: a sentence for each interface whose visitors from other
/// networks the machine would reach through another interface.
std::vector<std::string> asymmetric_interfaces(std::span<const InterfaceSettings> interfaces,
                                               const ReversePaths& paths,
                                               std::span<const SeenRoute> routes,
                                               std::span<const SeenRule> rules);

}  // namespace apiary

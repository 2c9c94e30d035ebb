#pragma once

#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "device/daemon_registry.h"
#include "device/device.h"
#include "honeynet/honeynet.h"

namespace apiary {

/// Open devices, each interface once: first those of `-i`, then those of physical hosts, then
/// tunnels. `remarks` has a sentence for each oddity.
struct OpenDevices {
  std::vector<std::unique_ptr<Device>> devices;
  std::vector<std::string> remarks;
};

/// Opens the interfaces `names`, as `-i` has them (none: the one with the default route), and those
/// that lead to physical hosts and tunnels of `honeynet`, each with `queues` queues. Error: a
/// sentence; also if one cannot have several.
tl::expected<OpenDevices, std::string> open_devices(std::vector<std::string> names,
                                                    const Honeynet& honeynet,
                                                    const ReceiveFilter& filter,
                                                    std::size_t queues = 1);

/// The addresses that a daemon with `devices` reserves if it claims `wanted`: on the interfaces
/// `inside`, which lead to physical hosts, and in tunnels all addresses.
std::vector<Holding> holdings_of(std::span<const std::unique_ptr<Device>> devices,
                                 std::span<const std::string> inside, const AddressSet& wanted);

}  // namespace apiary

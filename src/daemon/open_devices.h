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

/// Open interfaces, each once, in the order: those asked for, those of real machines, tunnels; and
/// what there is to say about it, a sentence each.
struct OpenDevices {
  std::vector<std::unique_ptr<Device>> devices;
  std::vector<std::string> remarks;
};

/// Opens the interfaces of `names`, as `-i` takes them (none: the one that leads outside), and
/// those that lead to what is real in `honeynet`. Error: a sentence.
tl::expected<OpenDevices, std::string> open_devices(std::vector<std::string> names,
                                                    const Honeynet& honeynet,
                                                    const ReceiveFilter& filter);

/// What a daemon with `devices`, some of them the `inner` ones of real machines, holds when it
/// claims `wanted`.
std::vector<Holding> holdings_of(std::span<const std::unique_ptr<Device>> devices,
                                 std::span<const std::string> inner, const AddressSet& wanted);

}  // namespace apiary

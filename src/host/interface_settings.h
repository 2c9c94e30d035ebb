#pragma once

#include <cstddef>

#include "base/address.h"
#include "wire/frame.h"

namespace apiary {

/// An interface as the engine sees it.
struct InterfaceSettings {
  LinkLayer link_layer = LinkLayer::ethernet;
  MacAddress mac;  // unused on a raw IP interface
  std::size_t mtu_bytes = 1500;
};

}  // namespace apiary

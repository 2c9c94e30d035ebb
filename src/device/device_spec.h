#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace apiary {

enum class DeviceType : std::uint8_t {
  ethernet,  // an existing interface, through a packet socket
  tun,       // a TUN interface that the daemon creates
  gre,       // one end of a GRE tunnel
};

/// An interface as `-i` names it: "eth0" or "tun:NAME".
struct DeviceSpec {
  DeviceType type = DeviceType::ethernet;
  std::string interface;  // without prefix; may not exist

  bool operator==(const DeviceSpec&) const = default;
};

/// Text without a known prefix is the name of an Ethernet interface.
DeviceSpec parse_device_spec(std::string_view text);
/// Writes it as `-i` takes it.
std::string to_string(const DeviceSpec& spec);

}  // namespace apiary

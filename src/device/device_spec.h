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

/// How frames go in and out of an Ethernet interface.
enum class EthernetIo : std::uint8_t {
  packet,       // by a packet socket
  xdp,          // by AF_XDP sockets; the program runs in the driver where it can
  xdp_generic,  // by AF_XDP sockets; the program runs behind the driver
};

/// An interface as `-i` names it: "eth0", "xdp:eth0", "xdp-generic:eth0" or "tun:NAME".
struct DeviceSpec {
  DeviceType type = DeviceType::ethernet;
  std::string interface;  // without prefix; may not exist
  EthernetIo io = EthernetIo::packet;

  bool operator==(const DeviceSpec&) const = default;
};

/// Text without a known prefix is the name of an Ethernet interface.
DeviceSpec parse_device_spec(std::string_view text);
/// Writes it as `-i` takes it.
std::string to_string(const DeviceSpec& spec);
/// Names an interface for `-i` as `--io` says, which is "packet" or a prefix of names, unless
/// `name` has a prefix.
std::string with_io(std::string_view io, std::string_view name);

}  // namespace apiary

/// device/: where frames come from and go to, and what the machine must be told so that its own
/// kernel stays out of the conversations. It moves bytes and knows nothing of hosts or protocols.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "base/address_set.h"
#include "posix/system_error.h"
#include "wire/frame.h"
#include "wire/packet.h"

namespace apiary {

struct MachineNetwork;

/// What a device lost, since it was opened.
struct DeviceCounters {
  std::uint64_t receive_drops = 0;  ///< frames that found the ring full
  std::uint64_t truncated = 0;      ///< frames larger than a slot of which only a part was kept
  std::uint64_t skipped = 0;        ///< packets the interface would not take, passed over
};

/// What the machine says of a device's interface.
enum class InterfaceState : std::uint8_t {
  up,
  no_link,  // to its other end: no carrier
  down,     // or, of a tunnel, no way to the far end
  gone,  // there is none of its name; or, of a tunnel, the machine has not its near end's address
};

/// What Device::follow() found.
struct Followed {
  InterfaceState state = InterfaceState::up;
  bool reopened = false;  // it is another interface than before
};

/// What a device is to receive: IPv4 for `addresses` and ARP, if sent to its own MAC address or to
/// one that hosts of ours have.
struct ReceiveFilter {
  AddressSet addresses;
  std::vector<MacAddress> macs{};  // besides its own
  bool many_macs = false;          // too many to say which
  bool dhcp = false;               // and what DHCP servers say to clients, whatever their addresses
  bool broadcasts = false;         // and UDP and ICMP to all on the link, or to a group of them
  bool operator==(const ReceiveFilter& other) const {
    return addresses.ranges() == other.addresses.ranges() && macs == other.macs &&
           many_macs == other.many_macs && dhcp == other.dhcp && broadcasts == other.broadcasts;
  }
};
/// More MAC addresses than this are many: a card knows some, and else lets everything in.
inline constexpr std::size_t max_logged_macs = 64;

/// What Device::receive() gives at most.
inline constexpr std::size_t max_batch_packets = 256;

/// An open interface. Not thread-safe.
class Device {
 public:
  virtual ~Device() = default;

  virtual const std::string& name() const = 0;  ///< as `ip link` shows it
  virtual LinkLayer link_layer() const = 0;
  virtual MacAddress mac() const = 0;         ///< unused on a raw IP interface
  virtual std::size_t mtu_bytes() const = 0;  ///< of the IP packet, without link-layer header
  virtual int descriptor() const = 0;         ///< readable when receive() has something to give

  /// The frames that have come, at most a batch of them, none when there are none: never blocks.
  /// They stay valid until the next receive(), which also gives their slots back to the kernel. So
  /// call it until it gives none before waiting on descriptor(), or the wait returns at once.
  /// Errors: the interface went down or away. If it comes back, receive() works again.
  virtual tl::expected<std::span<const ReceivedFrame>, SystemError> receive() = 0;

  /// Sends whole frames, in order, as many as the interface takes without blocking. Returns how
  /// many that were; the rest is for the caller to drop and count.
  virtual std::size_t transmit(std::span<const Packet> packets) = 0;

  /// Receives that from now on, and nothing else. May be called while another thread uses the rest
  /// of the device, unlike everything else here. On an error it receives at least what it did.
  virtual tl::expected<void, SystemError> set_receive_filter(const ReceiveFilter& filter) = 0;

  /// Follows its interface, which may have come back as another one, or changed: listens to what
  /// bears its name now, and learns mac() and mtu_bytes(). Nothing else reports these changes.
  /// Errors: the interface is there but could not be opened. Call it again later.
  virtual tl::expected<Followed, SystemError> follow(const MachineNetwork& now) = 0;

  virtual DeviceCounters counters() = 0;
};

/// Opens what `-i` names: "eth0" for an Ethernet interface, "tun:NAME" for a TUN interface that is
/// made for us, with routes for the addresses through it, and goes away with the Device. A little
/// more than was asked for is received where that is a set of very many ranges, or of many MACs.
tl::expected<std::unique_ptr<Device>, SystemError> open_device(std::string_view interface,
                                                               const ReceiveFilter& filter);

}  // namespace apiary

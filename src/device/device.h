/// device/: network interfaces as sources and destinations of frames, and what keeps this machine's
/// kernel from answering them. It moves bytes and knows nothing of hosts or protocols.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "base/address_set.h"
#include "device/device_queue.h"
#include "device/device_spec.h"
#include "posix/system_error.h"
#include "wire/frame.h"

namespace apiary {

struct MachineNetwork;

/// The state of a device's interface, as the kernel reports it.
enum class InterfaceState : std::uint8_t {
  up,
  no_link,  // no carrier
  down,     // for a tunnel: no route to the remote end
  gone,     // no interface has its name; for a tunnel: this machine lost the local address
};

/// The result of Device::follow().
struct Followed {
  InterfaceState state = InterfaceState::up;
  bool reopened = false;  // the device now uses another interface of the same name
};

/// The frames that a device receives: ARP, and IPv4 for `addresses`, sent to its own MAC address or
/// to that of a host.
struct ReceiveFilter {
  AddressSet addresses;
  std::vector<MacAddress> macs{};  // in addition to its own
  bool many_macs = false;          // too many to list: receive frames for any MAC address
  bool dhcp = false;               // also messages from DHCP servers to clients, for any address
  bool broadcasts = false;         // also UDP and ICMP in broadcast and multicast frames
  bool operator==(const ReceiveFilter& other) const {
    return addresses.ranges() == other.addresses.ranges() && macs == other.macs &&
           many_macs == other.many_macs && dhcp == other.dhcp && broadcasts == other.broadcasts;
  }
};
/// More MAC addresses than this are many: a network card filters a small number, and above it
/// receives everything.
inline constexpr std::size_t max_listed_macs = 64;

/// An open interface: its control side. Frames go through its queues, one for each thread that
/// handles frames. Not thread-safe, except for set_receive_filter().
class Device {
 public:
  virtual ~Device() = default;

  virtual DeviceType type() const = 0;
  virtual const std::string& name() const = 0;  ///< as `ip link` shows it
  virtual LinkLayer link_layer() const = 0;
  virtual MacAddress mac() const = 0;         ///< unused on a raw IP interface
  virtual std::size_t mtu_bytes() const = 0;  ///< of the IP packet, without link-layer header

  /// A sentence for the operator about how it was opened; empty: none.
  virtual std::string remark() const { return {}; }

  /// Receives what passes `filter`, and nothing else. Any thread may call it while others use the
  /// queues and the rest of the device. On an error, the device still receives what it did.
  virtual tl::expected<void, SystemError> set_receive_filter(const ReceiveFilter& filter) = 0;

  /// Finds the interface that has the device's name in `now`, reopens it if it was recreated, and
  /// updates mac() and mtu_bytes(). Nothing else updates these.
  /// Errors: the interface exists but cannot be opened. Call it again later.
  virtual tl::expected<Followed, SystemError> follow(const MachineNetwork& now) = 0;

  /// Valid as long as the device.
  std::span<const std::unique_ptr<DeviceQueue>> queues() const { return queues_; }
  /// The sum over the queues. Call it from the thread that uses them.
  DeviceCounters counters() const;

 protected:
  template <class Queue>
  Queue& add_queue(std::unique_ptr<Queue> queue) {
    Queue& added = *queue;
    queues_.push_back(std::move(queue));
    return added;
  }

 private:
  std::vector<std::unique_ptr<DeviceQueue>> queues_;
};

/// Opens an Ethernet interface, or creates a TUN interface with routes for the addresses of
/// `filter` through it; the kernel removes it when the Device is destroyed. If the filter has
/// very many ranges or MAC addresses, the device receives a little more than it says. It has
/// `queues` queues if its kind can have several: each receives the packets of one shard
/// (ShardShare). Errors: also AF_XDP with several queues.
tl::expected<std::unique_ptr<Device>, SystemError> open_device(const DeviceSpec& spec,
                                                               const ReceiveFilter& filter,
                                                               std::size_t queues = 1);

}  // namespace apiary

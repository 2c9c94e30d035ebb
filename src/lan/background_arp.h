#pragma once

#include "base/address_set.h"
#include "base/random.h"
#include "lan/arp.h"

namespace apiary {

/// What hosts with cards say unasked. A machine has things to do in the world, and whoever listens
/// on its link hears it look for the gateway now and then; one that is never heard before it is
/// spoken to stands out.
class BackgroundArp {
 public:
  /// How often a host asks, on average, and how many ask together at most.
  static constexpr Duration host_interval = minutes{10}, least_interval = milliseconds{50};

  BackgroundArp(std::span<const InterfaceSettings> interfaces, Random random)
      : interfaces_(interfaces), random_(random) {}

  /// From now on the hosts of `honeynet` at `claimed` speak.
  void adopt(const Honeynet& honeynet, const AddressSet& claimed);

  /// One of them asks for the gateway, if it is its turn and no real machine has its address.
  void on_time(Instant now, const StationLookup& stations, ArpResponder& arp, PacketSender& outlet);
  Instant next_due() const { return next_; }

 private:
  /// The hosts of one link that has a gateway.
  struct Link {
    InterfaceId interface;
    IpAddress gateway;
    AddressSet addresses;
  };

  Duration wait();

  std::span<const InterfaceSettings> interfaces_;
  Random random_;
  std::vector<Link> links_;
  std::uint64_t addresses_ = 0;    // of all links
  Instant next_ = Instant::max();  // Instant{}: as soon as the time is known
};

}  // namespace apiary

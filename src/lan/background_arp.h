#pragma once

#include "base/address_set.h"
#include "base/random.h"
#include "base/shard_share.h"
#include "lan/arp.h"

namespace apiary {

/// Sends ARP requests of hosts with NICs for the gateway. Real machines send them now and then; a
/// machine that never sends before it receives something would be conspicuous.
class BackgroundArp {
 public:
  /// The average interval of a host's requests, and the least interval between requests of all
  /// hosts.
  static constexpr Duration host_interval = minutes{10}, min_interval = milliseconds{50};

  /// Sends the requests of the hosts of `share`.
  BackgroundArp(std::span<const InterfaceSettings> interfaces, Random random, ShardShare share = {})
      : interfaces_(interfaces), random_(random), share_(share) {}

  /// Switches to the hosts of `honeynet` at `claimed`.
  void adopt(const Honeynet& honeynet, const AddressSet& claimed);

  /// Sends the request of the next host if it is due and no real machine has its address.
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
  const ShardShare share_;
  std::vector<Link> links_;
  std::uint64_t addresses_ = 0;    // of all links
  Instant next_ = Instant::max();  // Instant{}: not scheduled yet
};

}  // namespace apiary

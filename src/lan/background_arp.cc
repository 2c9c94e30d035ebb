#include "lan/background_arp.h"

#include <algorithm>
#include <cmath>

namespace apiary {

void BackgroundArp::adopt(const Honeynet& honeynet, const AddressSet& claimed) {
  links_.clear();
  addresses_ = 0;
  for (std::size_t i = 0; honeynet.has_nics() && i < interfaces_.size(); ++i) {
    const InterfaceSettings& on = interfaces_[i];
    const LinkNetwork* const network = on.gateway ? on.network_of(*on.gateway) : nullptr;
    if (network == nullptr) continue;
    Link link{{static_cast<std::uint8_t>(i)}, *on.gateway, claimed.within(network->network)};
    addresses_ += link.addresses.size();
    links_.push_back(std::move(link));
  }
  next_ = addresses_ == 0 ? Instant::max() : Instant{};
}

/// The interval between independent events (a Poisson process).
Duration BackgroundArp::wait() {
  const double mean = static_cast<double>(host_interval.count()) / static_cast<double>(addresses_);
  const double drawn = -std::log(1 - random_.fraction()) * mean;
  return std::max(Duration{static_cast<std::int64_t>(drawn)}, min_interval);
}

void BackgroundArp::on_time(Instant now, const StationLookup& stations, ArpResponder& arp,
                            PacketSender& outlet) {
  if (now < next_) return;
  const bool is_first = next_ == Instant{};
  next_ = now + wait();
  if (is_first) return;
  std::uint64_t at = random_.below(addresses_);
  for (const Link& link : links_) {
    if (at < link.addresses.size()) {
      const IpAddress address = link.addresses.at(at);
      const auto station = stations.find(link.interface, address);
      if (station && station->has_nic && address != link.gateway && share_.has(address) &&
          arp.may_speak(now, link.interface, address, *station, outlet))
        outlet.send_arp(now, link.interface, station->mac, broadcast_mac,
                        {.operation = ArpOperation::request,
                         .sender_mac = station->mac,
                         .sender_ip = address,
                         .target_mac = {},
                         .target_ip = link.gateway});
      return;
    }
    at -= link.addresses.size();
  }
}

}  // namespace apiary

#include "service/program_shares.h"

#include <fmt/format.h>

namespace apiary {
namespace {

constexpr int network_bits = 24;

}  // namespace

ProgramShares::Slot::~Slot() {
  if (shares_ == nullptr) return;
  shares_->hosts_.remove(host_);
  if (is_datagram_) shares_->datagram_hosts_.remove(host_);
  shares_->nets_.remove(net_);
}

tl::expected<ProgramShares::Slot, std::string> ProgramShares::take(const FlowKey& flow) {
  const std::uint32_t host = flow.local.address.v4_value();
  const std::uint32_t net = flow.remote.address.v4_value() >> (32 - network_bits);
  const bool is_datagram = flow.protocol == IpProtocol::udp;
  if (is_datagram && datagram_hosts_.of(host) >= limits_.datagram_processes_per_host)
    return tl::unexpected(fmt::format("{} processes of this host serve UDP already",
                                      limits_.datagram_processes_per_host));
  if (hosts_.of(host) >= limits_.processes_per_host)
    return tl::unexpected(
        fmt::format("{} processes of this host run already", limits_.processes_per_host));
  if (nets_.of(net) >= limits_.processes_per_source_network)
    return tl::unexpected(fmt::format("{} processes for visitors of {} run already",
                                      limits_.processes_per_source_network,
                                      to_string(IpPrefix(flow.remote.address, network_bits))));
  hosts_.add(host);
  if (is_datagram) datagram_hosts_.add(host);
  nets_.add(net);
  return Slot(*this, host, net, is_datagram);
}

}  // namespace apiary

#include "service/program_shares.h"

#include <fmt/format.h>

namespace apiary {
namespace {

constexpr int network_bits = 24;

std::size_t count_at(const std::map<std::uint32_t, std::size_t>& counts, std::uint32_t key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

void decrease(std::map<std::uint32_t, std::size_t>& counts, std::uint32_t key) {
  const auto found = counts.find(key);
  if (--found->second == 0) counts.erase(found);
}

}  // namespace

ProgramShares::Place::~Place() {
  if (shares_ == nullptr) return;
  decrease(shares_->hosts_, host_);
  decrease(shares_->nets_, net_);
}

tl::expected<ProgramShares::Place, std::string> ProgramShares::take(const FlowKey& flow) {
  const std::uint32_t host = flow.local.address.v4_value();
  const std::uint32_t net = flow.remote.address.v4_value() >> (32 - network_bits);
  if (count_at(hosts_, host) >= limits_.processes_per_host)
    return tl::unexpected(
        fmt::format("{} processes of this host run already", limits_.processes_per_host));
  if (count_at(nets_, net) >= limits_.processes_per_source_network)
    return tl::unexpected(fmt::format("{} processes for visitors of {} run already",
                                      limits_.processes_per_source_network,
                                      to_string(IpPrefix(flow.remote.address, network_bits))));
  ++hosts_[host];
  ++nets_[net];
  return Place(*this, host, net);
}

}  // namespace apiary

#include "service/egress_requests.h"

#include <fmt/format.h>

namespace apiary {

tl::expected<void, std::string> EgressRequests::add(Instant now, ServerProcess& server,
                                                    const OutboundRequest& outbound,
                                                    std::shared_ptr<const ServiceSpec> subsystem,
                                                    std::size_t open) {
  if (requests_.size() + open >= limits_.sessions)
    return tl::unexpected(
        fmt::format("subsystems have {} connections outwards already", limits_.sessions));
  if (!rate_.take(now))
    return tl::unexpected(
        fmt::format("subsystems began {:g} connections in this second", limits_.per_second));
  auto slot = shares_.take(outbound.flow.local.address);
  if (!slot)
    return tl::unexpected(
        fmt::format("the host has {} connections outwards already", limits_.per_host));
  const std::uint64_t number = ++last_number_;
  requests_[number] = {&server, outbound, *std::move(slot)};
  new_.push_back({number, outbound.flow, std::move(subsystem)});
  return {};
}

std::optional<EgressRequests::Request> EgressRequests::take(std::uint64_t number) {
  const auto found = requests_.find(number);
  if (found == requests_.end()) return {};
  Request request = std::move(found->second);
  requests_.erase(found);
  return request;
}

void EgressRequests::forget(const ServerProcess& server) {
  for (auto& [number, request] : requests_)
    if (request.server == &server) request.server = nullptr;
}

}  // namespace apiary

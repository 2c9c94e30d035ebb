#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/address.h"

namespace apiary {

/// Destinations to which the server of a subsystem may connect (`set TEMPLATE egress list`).
/// Trivially copyable.
struct EgressRule {
  IpPrefix destinations;
  Port first{1}, last{65'535};
  std::optional<IpProtocol> protocol{};  // TCP or UDP; nothing: both

  bool operator==(const EgressRule&) const = default;
  bool allows(IpProtocol by, const Endpoint& destination) const {
    return destinations.contains(destination.address) && first <= destination.port &&
           destination.port <= last && (!protocol || *protocol == by);
  }
};

/// "192.0.2.0/24:80/tcp", in the syntax of the configuration.
std::string to_string(const EgressRule& rule);

/// Connections outwards are refused unless a rule allows them: none if it is empty.
using EgressList = std::vector<EgressRule>;
inline constexpr std::size_t max_egress_rules = 64;  // of a list

bool allows(const EgressList& list, IpProtocol protocol, const Endpoint& destination);

}  // namespace apiary

#include "session/egress_rule.h"

#include <algorithm>

namespace apiary {

std::string to_string(const EgressRule& rule) {
  const bool is_single = rule.destinations.length() == 32;
  std::string text =
      is_single ? to_string(rule.destinations.first()) : to_string(rule.destinations);
  if (rule.first != Port{1} || rule.last != Port{65'535}) {
    text += ':' + std::to_string(rule.first.number);
    if (rule.last != rule.first) text += '-' + std::to_string(rule.last.number);
  }
  if (rule.protocol) text += *rule.protocol == IpProtocol::tcp ? "/tcp" : "/udp";
  return text;
}

bool allows(const EgressList& list, IpProtocol protocol, const Endpoint& destination) {
  return std::ranges::any_of(
      list, [&](const EgressRule& rule) { return rule.allows(protocol, destination); });
}

}  // namespace apiary

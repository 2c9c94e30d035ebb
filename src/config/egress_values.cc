#include "config/egress_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "config/address_values.h"
#include "config/port_values.h"

namespace apiary {
namespace {

constexpr std::string_view syntax_hint =
    "write a network or an address, then, if not all are meant, ports and protocol: "
    "192.0.2.0/24:80/tcp";

struct UselessNetwork {
  IpPrefix network;
  std::string_view what;
};
constexpr UselessNetwork useless_networks[] = {
    {{IpAddress::v4(0), 8}, "'this network', which no machine has an address of"},
    {{IpAddress::v4(127, 0, 0, 0), 8}, "loopback: the server reaches itself in any case"},
    {{IpAddress::v4(224, 0, 0, 0), 4}, "multicast, which is not forwarded"},
    {{IpAddress::v4(240, 0, 0, 0), 4}, "reserved: no machine has such an address"},
    {{IpAddress::v4(169, 254, 0, 0), 16}, "link-local, which is not forwarded"}};

/// "/tcp" at the end of `text`, which is then without it.
tl::expected<std::optional<IpProtocol>, ValueError> take_protocol(std::string_view& text) {
  const std::size_t slash = text.rfind('/');
  if (slash == text.npos || slash + 1 >= text.size() || is_digit(text[slash + 1]))
    return std::optional<IpProtocol>{};
  const std::string_view name = text.substr(slash + 1);
  text = text.substr(0, slash);
  if (name == "tcp") return std::optional(IpProtocol::tcp);
  if (name == "udp") return std::optional(IpProtocol::udp);
  return invalid(fmt::format("expected tcp or udp, found '{}'", name), std::string{syntax_hint});
}

tl::expected<void, ValueError> take_ports(std::string_view text, EgressRule& rule) {
  const std::size_t dash = std::min(text.find('-'), text.size());
  const auto first = read_port(text.substr(0, dash));
  if (!first) return tl::unexpected(first.error());
  rule.first = rule.last = *first;
  if (dash == text.size()) return {};
  const auto last = read_port(text.substr(dash + 1));
  if (!last) return tl::unexpected(last.error());
  if (*last < *first)
    return invalid(fmt::format("the ports '{}' run backwards", text),
                   fmt::format("write {}-{}", last->number, first->number));
  rule.last = *last;
  return {};
}

}  // namespace

std::string_view network_of_egress_rule(std::string_view text) {
  text = text.substr(0, text.find(':'));
  if (auto rest = text; take_protocol(rest)) return rest;
  return text;
}

tl::expected<EgressRule, ValueError> read_egress_rule(std::string_view text) {
  EgressRule rule;
  const auto protocol = take_protocol(text);
  if (!protocol) return tl::unexpected(protocol.error());
  rule.protocol = *protocol;
  const std::size_t colon = std::min(text.find(':'), text.size());
  const auto network = read_network(text.substr(0, colon));
  if (!network) return tl::unexpected(network.error());
  rule.destinations = *network;
  if (colon < text.size())
    if (const auto ports = take_ports(text.substr(colon + 1), rule); !ports)
      return tl::unexpected(ports.error());
  for (const UselessNetwork& useless : useless_networks)
    if (useless.network.contains(network->first()) && useless.network.contains(network->last()))
      return invalid(fmt::format("nobody can be reached at {}", to_string(rule)),
                     fmt::format("it is {}", useless.what));
  return rule;
}

}  // namespace apiary

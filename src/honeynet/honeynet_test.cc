#include "honeynet/honeynet.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

IpAddress address(std::string_view text) { return parse_ip_address(text).value(); }

AddressRange one(std::string_view text) { return {address(text), address(text)}; }

HostTemplatePtr named(std::string name) {
  return std::make_shared<const HostTemplate>(HostTemplate{.name = std::move(name)});
}

Topology two_routers() {
  const IpPrefix whole = parse_ip_prefix("10.0.0.0/8").value();
  const IpPrefix inner = parse_ip_prefix("10.1.0.0/16").value();
  const IpAddress first = address("10.0.0.1");
  const IpAddress second = address("10.1.0.1");
  return Topology::build({.entries = {{first, whole}},
                          .direct = {{first, whole}, {second, inner}},
                          .next_hops = {{first, inner, second, {}}}})
      .value();
}

TEST(Honeynet, FindsTheHostAtAnAddress) {
  Honeynet::Parts parts{
      .topology = two_routers(),
      .hosts = HostMap({{one("10.0.0.5"), named("web")},
                        {one("10.1.0.1"), named("gateway")},
                        {parse_address_range("10.1.0.0/24").value(), named("shop")}}),
      .default_template = named("default"),
      .router_template = named("router")};
  const Honeynet with_default(parts);
  parts.default_template = nullptr;
  const Honeynet without_default(parts);

  struct Case {
    std::string_view name, address, found, found_without_default;
  };
  for (const Case& c : {Case{"a bound address", "10.0.0.5", "web", "web"},
                        Case{"a bound router", "10.1.0.1", "gateway", "gateway"},
                        Case{"a router that is not bound", "10.0.0.1", "router", "router"},
                        Case{"an address of a bound range", "10.1.0.9", "shop", "shop"},
                        Case{"any other address", "10.0.0.6", "default", ""},
                        Case{"an address outside all networks", "192.0.2.1", "default", ""}}) {
    SCOPED_TRACE(c.name);
    const auto name_at = [&](const Honeynet& honeynet) {
      const HostTemplatePtr* const host = honeynet.find_host(address(c.address));
      return host == nullptr ? std::string{} : (*host)->name;
    };
    EXPECT_EQ(name_at(with_default), c.found);
    EXPECT_EQ(name_at(without_default), c.found_without_default);
  }
}

TEST(Honeynet, GivesTheSamePointerEachTime) {
  const Honeynet honeynet({.topology = {},
                           .hosts = HostMap({{one("10.0.0.5"), named("web")}}),
                           .default_template = nullptr,
                           .router_template = named("router")});
  EXPECT_EQ(honeynet.find_host(address("10.0.0.5")), honeynet.find_host(address("10.0.0.5")));
  EXPECT_EQ(honeynet.find_host(address("10.0.0.5")),
            honeynet.parts().hosts.find_single(address("10.0.0.5")));
}

TEST(Honeynet, ADynamicHostDependsOnTheContext) {
  auto dynamic = std::make_shared<HostTemplate>(HostTemplate{.name = "magic", .is_dynamic = true});
  auto inner = std::make_shared<HostTemplate>(HostTemplate{.name = "inner", .is_dynamic = true});
  inner->choices = {{OfProtocol{IpProtocol::udp}, named("udp")}};
  dynamic->choices = {{FromSystem{"Linux"}, named("system")},
                      {FromNetwork{parse_ip_prefix("192.0.2.0/24").value()}, named("network")},
                      {OfProtocol{IpProtocol::udp}, inner},
                      {AtTime{hours{22}, hours{6}}, named("night")},
                      {AtTime{hours{8}, hours{17}}, named("day")}};
  const Honeynet honeynet({.topology = {},
                           .hosts = HostMap({{one("10.0.0.5"), dynamic}}),
                           .default_template = nullptr,
                           .router_template = named("router"),
                           .local_time_ahead = hours{2}});
  struct Case {
    std::string_view name, visitor;
    IpProtocol protocol;
    Duration utc;
    std::string_view found, system{};
  };
  for (const Case& c :
       {Case{"by network, the first that applies", "192.0.2.7", IpProtocol::udp, {}, "network"},
        Case{"by protocol, through another dynamic", "10.9.0.1", IpProtocol::udp, {}, "udp"},
        Case{"by system", "192.0.2.7", IpProtocol::tcp, {}, "system", "Linux 3.11 and newer"},
        Case{"by another system", "192.0.2.7", IpProtocol::tcp, {}, "network", "Linuxoid 1"},
        Case{"over midnight, before it", "10.9.0.1", IpProtocol::tcp, hours{20}, "night"},
        Case{"over midnight, after it", "10.9.0.1", IpProtocol::tcp, hours{3}, "night"},
        Case{"the end is not part of it", "10.9.0.1", IpProtocol::tcp, hours{4}, ""},
        Case{"by day", "10.9.0.1", IpProtocol::tcp, hours{6}, "day"}}) {
    SCOPED_TRACE(c.name);
    const HostTemplatePtr* const found = honeynet.find_host(
        address("10.0.0.5"), address(c.visitor), static_cast<std::uint8_t>(c.protocol),
        Instant{} + hours{240} + c.utc, c.system);
    EXPECT_EQ(found == nullptr ? "" : (*found)->name, c.found);
  }
}

TEST(HostTemplate, PortsHaveTheirActionElseTheDefault) {
  HostTemplate host{.name = "web"};
  host.tcp_default = Reset{};
  host.udp_default = Block{};
  host.tcp_ports = {{Port{80}, Open{}}};
  host.udp_ports = {{Port{80}, Reset{}}};
  EXPECT_EQ(host.tcp_action({80}), PortAction{Open{}});
  EXPECT_EQ(host.tcp_action({81}), PortAction{Reset{}});
  EXPECT_EQ(host.udp_action({80}), PortAction{Reset{}});
  EXPECT_EQ(host.udp_action({81}), PortAction{Block{}});
}

}  // namespace
}  // namespace apiary

#include "honeynet/honeynet.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

IpAddress address(std::string_view text) { return parse_ip_address(text).value(); }

TemplatePointer named(std::string name) {
  return std::make_shared<const Template>(Template{.name = std::move(name)});
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
      .hosts = {{address("10.0.0.5"), named("web")}, {address("10.1.0.1"), named("gateway")}},
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
                        Case{"any other address", "10.0.0.6", "default", ""},
                        Case{"an address outside all networks", "192.0.2.1", "default", ""}}) {
    SCOPED_TRACE(c.name);
    const auto name_at = [&](const Honeynet& honeynet) {
      const TemplatePointer* const host = honeynet.find_host(address(c.address));
      return host == nullptr ? std::string{} : (*host)->name;
    };
    EXPECT_EQ(name_at(with_default), c.found);
    EXPECT_EQ(name_at(without_default), c.found_without_default);
  }
}

TEST(Honeynet, GivesTheSamePointerEachTime) {
  const Honeynet honeynet({.topology = {},
                           .hosts = {{address("10.0.0.5"), named("web")}},
                           .default_template = nullptr,
                           .router_template = named("router")});
  EXPECT_EQ(honeynet.find_host(address("10.0.0.5")), honeynet.find_host(address("10.0.0.5")));
  EXPECT_EQ(honeynet.find_host(address("10.0.0.5"))->get(),
            honeynet.parts().hosts.at(address("10.0.0.5")).get());
}

TEST(Template, PortsHaveTheirActionElseTheDefault) {
  Template host{.name = "web"};
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

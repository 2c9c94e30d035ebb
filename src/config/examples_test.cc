#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/build.h"
#include "config/fingerprint_catalogue.h"
#include "config/testing/catalogue.h"
#include "config/testing/summary.h"

namespace apiary {
namespace {

constexpr std::string_view nmap_fingerprints = "/usr/share/nmap/nmap-os-db";

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::filesystem::path> examples() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(APIARY_EXAMPLES))
    if (entry.path().extension() == ".conf") paths.push_back(entry.path());
  return paths;
}

IpAddress address(std::string_view text) { return parse_ip_address(text).value(); }

TEST(Examples, AllLoadWithoutWarnings) {
  ASSERT_GE(examples().size(), 3U);
  for (const auto& path : examples()) {
    SCOPED_TRACE(path);
    SourceText source(path.filename(), read(path));
    const auto built = build_configuration(source, AnyNameCatalogue{});
    ASSERT_TRUE(built.has_value()) << render(built.error(), source);
    for (const Diagnostic& remark : built->remarks)
      EXPECT_EQ(remark.severity, Severity::notice) << render(remark, source);
  }
}

TEST(Examples, TheirPersonalitiesAreInNmapsDatabase) {
  if (!std::filesystem::exists(nmap_fingerprints)) GTEST_SKIP() << "nmap-common is not installed";
  auto database = parse_fingerprints(read(nmap_fingerprints));
  ASSERT_EQ(database.errors().lines, 0U);
  const FingerprintCatalogue catalogue(
      std::make_shared<const FingerprintDatabase>(std::move(database)));
  for (const auto& path : examples()) {
    SCOPED_TRACE(path);
    SourceText source(path.filename(), read(path));
    const auto built = build_configuration(source, catalogue);
    ASSERT_TRUE(built.has_value()) << render(built.error(), source);
    const bool is_of_2003 = path.filename() == "figure5.conf";  // old names, and an empty network
    EXPECT_EQ(built->remarks.size(), is_of_2003 ? 3U : 0U) << render(built->remarks, source);
    for (const Diagnostic& remark : built->remarks) EXPECT_EQ(remark.severity, Severity::notice);
  }
}

TEST(Examples, Figure5IsTheNetworkOfThePaper) {
  SourceText source("figure5.conf", read(std::string{APIARY_EXAMPLES} + "/figure5.conf"));
  const auto built = build_configuration(source, AnyNameCatalogue{});
  ASSERT_TRUE(built.has_value());
  const Honeynet& honeynet = *built->honeynet;

  const Topology& topology = honeynet.topology();
  EXPECT_EQ(topology.routers(),
            (std::vector{address("10.0.0.1"), address("10.1.0.1"), address("10.2.0.1")}));
  const Path* const path = topology.path_to(address("10.1.0.2"));
  ASSERT_NE(path, nullptr);
  ASSERT_EQ(path->hops.size(), 2U);
  EXPECT_EQ(path->hops[0].router, address("10.0.0.1"));
  EXPECT_EQ(path->hops[0].place.latency, milliseconds(0));
  EXPECT_EQ(path->hops[1].router, address("10.1.0.1"));
  EXPECT_EQ(path->place.latency, milliseconds(55));
  EXPECT_DOUBLE_EQ(path->place.loss.value, 0.001);
  EXPECT_TRUE(path->reaches());
  ASSERT_NE(topology.path_to(address("10.2.0.9")), nullptr);
  EXPECT_EQ(topology.path_to(address("10.2.0.9"))->place.latency, milliseconds(20));
  ASSERT_NE(topology.path_to(address("10.1.7.1")), nullptr);
  EXPECT_FALSE(topology.path_to(address("10.1.7.1"))->reaches());

  ASSERT_EQ(honeynet.parts().hosts.singles(), 2U);
  const HostTemplate& router = **honeynet.find_host(address("10.0.0.1"));
  EXPECT_EQ(router.name, "routerone");
  EXPECT_EQ(router.personality->name, "Cisco 7206 running IOS 11.1(24)");
  EXPECT_EQ(router.tcp_default, PortAction{Reset{}});
  ASSERT_EQ(router.tcp_ports.size(), 1U);
  EXPECT_EQ(router.tcp_ports.begin()->first, Port{23});

  const HostTemplate& netbsd = **honeynet.find_host(address("10.1.0.2"));
  EXPECT_EQ(netbsd.personality->name,
            "NetBSD 1.5.2 running on a Commodore Amiga (68040 processor)");
  const auto service = [&](std::uint16_t port) {
    return *std::get<std::shared_ptr<const ServiceSpec>>(netbsd.tcp_action({port}));
  };
  EXPECT_EQ(service(22), ServiceSpec{Proxy{"$ipsrc:22"}});
  EXPECT_EQ(service(80), ServiceSpec{Script{"sh scripts/web.sh"}});
  EXPECT_EQ(netbsd.tcp_action({81}), PortAction{Reset{}});
  EXPECT_EQ(netbsd.udp_default, PortAction{Reset{}});

  EXPECT_EQ((*honeynet.find_host(address("10.2.0.1")))->name, "router");
  EXPECT_EQ(honeynet.find_host(address("10.1.0.3")), nullptr);
  EXPECT_EQ(to_string(built->addresses), "10.0.0.0/24, 10.1.0.0-10.2.255.255");
  ASSERT_EQ(built->scripts.size(), 2U);
  EXPECT_EQ(built->scripts[0].command, "scripts/router-telnet.pl");
}

}  // namespace
}  // namespace apiary

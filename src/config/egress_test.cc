// What `set TEMPLATE egress` means, and which mistakes are reported.
#include <gtest/gtest.h>

#include "config/egress_values.h"
#include "config/statement_printer.h"
#include "config/testing/error_case.h"

namespace apiary {
namespace {

TEST(EgressRules, AreReadAndWritten) {
  for (const auto& [text, written] : {std::pair{"192.0.2.0/24:80/tcp", "192.0.2.0/24:80/tcp"},
                                      {"198.51.100.7:53", "198.51.100.7:53"},
                                      {"198.51.100.7/32:53/udp", "198.51.100.7:53/udp"},
                                      {"192.0.2.7:6000-6010", "192.0.2.7:6000-6010"},
                                      {"192.0.2.0/24/udp", "192.0.2.0/24/udp"},
                                      {"192.0.2.7/tcp", "192.0.2.7/tcp"},
                                      {"192.0.2.7", "192.0.2.7"},
                                      {"192.0.2.7:1-65535", "192.0.2.7"},
                                      {"0.0.0.0/0:443/tcp", "0.0.0.0/0:443/tcp"}}) {
    SCOPED_TRACE(text);
    const auto rule = read_egress_rule(text);
    ASSERT_TRUE(rule) << rule.error().message;
    EXPECT_EQ(to_string(*rule), written);
    EXPECT_EQ(*read_egress_rule(written), *rule) << "what is written is read again";
  }
}

TEST(EgressRules, AllowWhatTheySay) {
  const EgressRule rule = *read_egress_rule("192.0.2.0/24:80-81/tcp");
  const auto at = [](int last, std::uint16_t port) {
    return Endpoint{IpAddress::v4(192, 0, 2, static_cast<std::uint8_t>(last)), Port{port}};
  };
  EXPECT_TRUE(rule.allows(IpProtocol::tcp, at(0, 80)));
  EXPECT_TRUE(rule.allows(IpProtocol::tcp, at(255, 81)));
  EXPECT_FALSE(rule.allows(IpProtocol::tcp, at(1, 79)));
  EXPECT_FALSE(rule.allows(IpProtocol::tcp, at(1, 82)));
  EXPECT_FALSE(rule.allows(IpProtocol::udp, at(1, 80)));
  EXPECT_FALSE(rule.allows(IpProtocol::tcp, {IpAddress::v4(192, 0, 3, 1), Port{80}}));
  EXPECT_FALSE(rule.allows(IpProtocol::tcp, {IpAddress{}, Port{80}})) << "an IPv6 address";
  EXPECT_FALSE(allows({}, IpProtocol::tcp, at(1, 80)));
}

constexpr char server[] = "create a\nadd a subsystem \"x\"\nbind 10.0.0.5 a\n";

EgressList list_of(const std::string& text) {
  SourceText source("x.conf", server + text);
  const auto built = build_configuration(source, TestCatalogue{});
  if (!built) return ADD_FAILURE() << summary(built.error(), source), EgressList{};
  const auto& uses = built->honeynet->subsystems();
  return uses.size() == 1 ? std::get<Subsystem>(*uses[0].subsystem).egress : EgressList{};
}

TEST(Egress, IsWhatTheLastStatementSays) {
  EXPECT_TRUE(list_of("").empty()) << "nobody by default";
  const EgressList list = list_of("set a egress list 192.0.2.0/24:80\n  198.51.100.7:53/udp");
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(to_string(list[0]), "192.0.2.0/24:80");
  EXPECT_EQ(to_string(list[1]), "198.51.100.7:53/udp");
  EXPECT_TRUE(list_of("set a egress list 192.0.2.1\nset a egress none").empty());
}

TEST(Egress, MistakesAreReported) {
  const std::string nobody = "nobody can be reached at ";
  std::string long_list;
  for (std::size_t i = 0; i <= max_egress_rules; ++i) long_list += " 192.0.2.7";
  for (const ErrorCase& c : {
           ErrorCase{"no word", "set a egress",
                     "4:13 '' error: expected 'none' or 'list' after 'egress'\n"},
           ErrorCase{"a destination without 'list'", "set a egress 192.0.2.1",
                     "4:14 '192.0.2.1' error: expected 'none' or 'list', found '192.0.2.1'\n"
                     "  hint: write: egress list 192.0.2.1\n"},
           ErrorCase{
               "no destination", "set a egress list",
               "4:18 '' error: expected a destination such as 192.0.2.0/24:80/tcp after 'list'\n"},
           ErrorCase{"a name", "set a egress list www.example.org",
                     "4:19 'www.example.org' error: expected a destination such as "
                     "192.0.2.0/24:80/tcp, found 'www.example.org'\n"},
           ErrorCase{"loopback", "set a egress list 127.0.0.1:80",
                     "4:19 '127.0.0.1:80' error: " + nobody +
                         "127.0.0.1:80\n"
                         "  hint: it is loopback: the server reaches itself in any case\n"},
           ErrorCase{"this network", "set a egress list 0.0.0.0/8",
                     "4:19 '0.0.0.0/8' error: " + nobody +
                         "0.0.0.0/8\n"
                         "  hint: it is 'this network', which no machine has an address of\n"},
           ErrorCase{"multicast", "set a egress list 224.0.0.251:5353/udp",
                     "4:19 '224.0.0.251:5353/udp' error: " + nobody +
                         "224.0.0.251:5353/udp\n"
                         "  hint: it is multicast, which is not forwarded\n"},
           ErrorCase{"another protocol", "set a egress list 192.0.2.1/icmp",
                     "4:19 '192.0.2.1/icmp' error: expected tcp or udp, found 'icmp'\n"
                     "  hint: write a network or an address, then, if not all are meant, ports and "
                     "protocol: 192.0.2.0/24:80/tcp\n"},
           ErrorCase{"ports backwards", "set a egress list 192.0.2.1:90-80",
                     "4:19 '192.0.2.1:90-80' error: the ports '90-80' run backwards\n"
                     "  hint: write 80-90\n"},
           ErrorCase{"no such port", "set a egress list 192.0.2.1:70000",
                     "4:19 '192.0.2.1:70000' error: there is no port 70000\n"
                     "  hint: a port is a number from 1 to 65535\n"},
       })
    expect_of_build({c.name, server + c.text, c.diagnostics});
  SourceText source("x.conf", server + ("set a egress list" + long_list));
  const auto built = build_configuration(source, TestCatalogue{});
  ASSERT_FALSE(built);
  EXPECT_NE(summary(built.error(), source).find("at most 64 destinations"), std::string::npos);
}

TEST(Egress, EverybodyYieldsAWarning) {
  expect_of_build(
      {"everybody", std::string(server) + "set a egress list 0.0.0.0/0:443/tcp",
       "4:19 '0.0.0.0/0:443/tcp' warning: 0.0.0.0/0:443/tcp allows connections to "
       "everybody\n"
       "  hint: an attacker who takes over the server can attack others from here: name "
       "the machines that it needs\n"});
}

TEST(Egress, NeedsASubsystem) {
  expect_of_build({"no server", "create a\nset a egress list 192.0.2.1\nbind 10.0.0.5 a",
                   "2:19 '192.0.2.1' error: 'a' has no subsystem, whose server the egress list "
                   "is for\n"
                   "  hint: other programs have no network; a proxy names its target itself\n"});
  expect_of_build({"none needs none", "create a\nset a egress none\nbind 10.0.0.5 a", ""});
}

}  // namespace
}  // namespace apiary

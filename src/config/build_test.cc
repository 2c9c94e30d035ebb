#include "config/build.h"

#include <gtest/gtest.h>

#include "config/testing/catalogue.h"
#include "config/testing/summary.h"

namespace apiary {
namespace {

IpAddress address(std::string_view text) { return parse_ip_address(text).value(); }

/// The honeynet of `text`; a failed test and an empty honeynet if it has errors.
Configuration built(const std::string& text, const PersonalityCatalogue& catalogue) {
  SourceText source("x.conf", text);
  auto result = build_configuration(source, catalogue);
  if (result) return *std::move(result);
  ADD_FAILURE() << render(result.error(), source);
  return {std::make_shared<const Honeynet>(Honeynet::Parts{}), {}, {}, {}};
}
Configuration built(const std::string& text) { return built(text, TestCatalogue{}); }

const HostTemplate& host_at(const Configuration& configuration, std::string_view where) {
  const HostTemplatePtr* const host = configuration.honeynet->find_host(address(where));
  static const HostTemplate nobody{.name = "nobody"};
  return host == nullptr ? nobody : **host;
}

std::string service_of(const PortAction& action) {
  const auto* const service = std::get_if<std::shared_ptr<const ServiceSpec>>(&action);
  if (service == nullptr) return "none";
  const auto* const script = std::get_if<Script>(service->get());
  return script != nullptr ? script->command : std::get<Proxy>(**service).target;
}

TEST(Build, AnEmptyTextIsAHoneynetWithoutHosts) {
  const Configuration empty = built("");
  EXPECT_TRUE(empty.honeynet->topology().empty());
  EXPECT_EQ(empty.honeynet->find_host(address("10.0.0.1")), nullptr);
  EXPECT_NE(empty.honeynet->parts().router_template, nullptr);
  EXPECT_TRUE(empty.addresses.empty());
}

TEST(Build, TemplatesHaveHoneydsDefaults) {
  const Configuration plain = built("create a\nbind 10.0.0.1 a");
  const HostTemplate& host = host_at(plain, "10.0.0.1");
  EXPECT_EQ(host.name, "a");
  EXPECT_EQ(host.tcp_action({80}), PortAction{Open{}});
  EXPECT_EQ(host.udp_action({80}), PortAction{Reset{}});
  EXPECT_EQ(host.icmp_default, PortAction{Open{}});
  ASSERT_NE(host.personality, nullptr);
  EXPECT_EQ(host.personality->name, generic_personality().name);
}

TEST(Build, StatementsChangeTheirTemplate) {
  const Configuration shaped = built(
      "create a\nset a personality \"Red OS\"\nset a default tcp action block\n"
      "set a default udp action open\nset a default icmp action block\n"
      "add a tcp port 80 \"sh web\"\nadd a udp port 80 reset\nadd a tcp port 22 proxy $ipsrc:22\n"
      "bind 10.0.0.1 a");
  const HostTemplate& host = host_at(shaped, "10.0.0.1");
  EXPECT_EQ(host.personality->name, "Red OS");
  EXPECT_EQ(host.tcp_action({1}), PortAction{Block{}});
  EXPECT_EQ(host.udp_action({1}), PortAction{Open{}});
  EXPECT_EQ(host.icmp_default, PortAction{Block{}});
  EXPECT_EQ(service_of(host.tcp_action({80})), "sh web");
  EXPECT_EQ(service_of(host.tcp_action({22})), "$ipsrc:22");
  EXPECT_EQ(host.udp_action({80}), PortAction{Reset{}});
}

TEST(Build, ATemplateMayBeFinishedAfterItIsBound) {
  const Configuration late = built("create a\nbind 10.0.0.1 a\nadd a tcp port 80 block");
  EXPECT_EQ(host_at(late, "10.0.0.1").tcp_action({80}), PortAction{Block{}});
}

TEST(Build, ACloneIsIndependentOfItsOriginal) {
  const Configuration cloned = built(
      "create a\nset a personality \"Red OS\"\nadd a tcp port 80 block\nclone b a\n"
      "add b tcp port 80 reset\nadd a tcp port 81 reset\nset a personality \"Blue OS\"\n"
      "bind 10.0.0.1 a\nbind 10.0.0.2 b");
  const HostTemplate& original = host_at(cloned, "10.0.0.1");
  const HostTemplate& clone = host_at(cloned, "10.0.0.2");
  EXPECT_EQ(clone.name, "b");
  EXPECT_EQ(original.tcp_action({80}), PortAction{Block{}});
  EXPECT_EQ(clone.tcp_action({80}), PortAction{Reset{}});
  EXPECT_EQ(clone.tcp_action({81}), PortAction{Open{}});
  EXPECT_EQ(original.personality->name, "Blue OS");
  EXPECT_EQ(clone.personality->name, "Red OS");
}

TEST(Build, TemplatesShareThePersonalityTheyName) {
  const TestCatalogue catalogue;
  const Configuration shared = built(
      "create a\ncreate b\ncreate c\ncreate d\nset a personality \"Red OS\"\n"
      "set b personality \"Red OS\"\nbind 10.0.0.1 a\nbind 10.0.0.2 b\nbind 10.0.0.3 c\n"
      "bind 10.0.0.4 d",
      catalogue);
  EXPECT_EQ(host_at(shared, "10.0.0.1").personality, host_at(shared, "10.0.0.2").personality);
  EXPECT_EQ(host_at(shared, "10.0.0.3").personality, host_at(shared, "10.0.0.4").personality);
  EXPECT_EQ(catalogue.look_ups, 1);
}

TEST(Build, HostsOfOneTemplateShareIt) {
  const Configuration two = built("create a\nbind 10.0.0.1 a\nbind 10.0.0.2 a");
  EXPECT_EQ(&host_at(two, "10.0.0.1"), &host_at(two, "10.0.0.2"));
}

TEST(Build, TheDefaultTemplateIsForAllOtherAddresses) {
  const Configuration all = built("create a\ncreate default\nbind 10.0.0.1 a");
  EXPECT_EQ(host_at(all, "10.0.0.1").name, "a");
  EXPECT_EQ(host_at(all, "10.0.0.2").name, "default");
}

TEST(Build, ARouterThatIsNotBoundIsAPlainRouter) {
  const Configuration net = built(
      "create default\ncreate a\nbind 10.1.0.1 a\nroute entry 10.0.0.1\n"
      "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1\nroute 10.1.0.1 link 10.1.0.0/16");
  const HostTemplate& router = host_at(net, "10.0.0.1");
  EXPECT_EQ(router.name, "router");
  EXPECT_EQ(router.tcp_action({23}), PortAction{Reset{}});
  EXPECT_EQ(router.udp_action({161}), PortAction{Reset{}});
  EXPECT_EQ(router.icmp_default, PortAction{Open{}});
  ASSERT_NE(router.personality, nullptr);
  EXPECT_EQ(host_at(net, "10.1.0.1").name, "a");
  EXPECT_EQ(host_at(net, "10.1.0.2").name, "default");
}

TEST(Build, ListsTheAddressesOfAConfiguration) {
  struct Case {
    std::string_view name;
    std::string text, addresses;
  };
  for (const Case& c : {
           Case{"only templates", "create default", ""},
           Case{"bound addresses", "create a\nbind 10.0.0.7 a\nbind 10.0.0.5 a\nbind 10.0.0.6 a",
                "10.0.0.5-10.0.0.7"},
           Case{"a linked network and its router",
                "route entry 192.0.2.1\nroute 192.0.2.1 link 10.0.0.0/24",
                "10.0.0.0/24, 192.0.2.1"},
           Case{"the network of an entry",
                "route entry 10.0.0.1 network 10.0.0.0/8\nroute 10.0.0.1 link 10.0.0.0/24",
                "10.0.0.0/8"},
           Case{"a network led on to",
                "route entry 10.0.0.1\nroute 10.0.0.1 add net 10.2.0.0/16 10.1.0.1\n"
                "route 10.1.0.1 link 10.2.0.0/24",
                "10.0.0.1, 10.1.0.1, 10.2.0.0/16"},
           Case{"not the whole Internet",
                "route entry 10.0.0.1 network 0.0.0.0/0\nroute 10.0.0.1 link 10.0.0.0/24",
                "10.0.0.0/24"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(to_string(built(c.text).addresses), c.addresses);
  }
}

TEST(Build, ListsTheScriptsOfAConfiguration) {
  const std::string text =
      "create a\nadd a tcp port 80 \"sh web.sh\"\nadd a tcp port 22 proxy $ipsrc:22\n"
      "add a udp port 53 named\nset a default tcp action \"log all\"\nclone b a";
  SourceText source("x.conf", text);
  const Configuration scripted = built(text);
  ASSERT_EQ(scripted.scripts.size(), 3U);
  EXPECT_EQ(scripted.scripts[0].command, "sh web.sh");
  EXPECT_EQ(source.text(scripted.scripts[0].place), "\"sh web.sh\"");
  EXPECT_EQ(scripted.scripts[1].command, "named");
  EXPECT_EQ(scripted.scripts[2].command, "log all");
}

TEST(Build, RemarksAreWarningsAndNotices) {
  const std::string text =
      "create a\nset a personality \"Teal OS\"\nadd a tcp port 80 opne\nbind 10.0.0.1 a";
  const Configuration remarkable = built(text);
  EXPECT_EQ(summary(remarkable.remarks, SourceText("x.conf", text)),
            "2:19 '\"Teal OS\"' notice: \"Teal OS\" is now \"Blue OS\"\n"
            "3:19 'opne' warning: 'opne' is taken for a command\n"
            "  hint: did you mean 'open'?\n");
}

TEST(Build, UnreachedAddressesAreCountedAfterTheFirstTen) {
  std::string text =
      "create a\ncreate default\nroute entry 10.0.0.1\nroute 10.0.0.1 link 10.0.0.0/24\n";
  for (int i = 1; i <= 14; ++i) text += fmt::format("bind 192.0.2.{} a\n", i);
  const Configuration unreached = built(text);
  ASSERT_EQ(unreached.remarks.size(), 11U);
  EXPECT_EQ(unreached.remarks[9].message, "no route reaches 192.0.2.10");
  EXPECT_EQ(unreached.remarks[10].message, "no route reaches 4 more bound addresses");
}

}  // namespace
}  // namespace apiary

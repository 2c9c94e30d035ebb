// What `add TEMPLATE subsystem` makes of templates.
#include <gtest/gtest.h>

#include <algorithm>

#include "config/build.h"
#include "config/testing/catalogue.h"

namespace apiary {
namespace {

using Texts = std::vector<std::string>;

Configuration built_with_subsystems(const std::string& text) {
  SourceText source("x.conf", text);
  auto result = build_configuration(source, TestCatalogue{});
  if (result) return *std::move(result);
  ADD_FAILURE() << render(result.error(), source);
  return {std::make_shared<const Honeynet>(Honeynet::Parts{}), {}, {}, {}};
}

/// "OWNER COMMAND [shared] [restart] FIRST-HOST" of each subsystem of the honeynet.
std::vector<std::string> subsystems_of(const std::string& text) {
  std::vector<std::string> found;
  const Configuration configuration = built_with_subsystems(text);
  for (const SubsystemUse& use : configuration.honeynet->subsystems()) {
    const auto& subsystem = std::get<Subsystem>(*use.subsystem);
    found.push_back(
        subsystem.owner + " " + subsystem.command + (subsystem.is_shared ? " shared" : "") +
        (subsystem.restarts ? " restart" : "") + (use.host ? " " + to_string(*use.host) : ""));
  }
  std::ranges::sort(found);
  return found;
}

TEST(Subsystems, EachIsListedOnceWithItsFirstHost) {
  EXPECT_EQ(subsystems_of("create a\nadd a subsystem \"x\" shared restart\nadd a subsystem \"y\"\n"
                          "bind 10.0.0.9 a\nbind 10.0.0.5 a\nbind 10.1.0.0/16 a"),
            (Texts{"a x shared restart 10.0.0.5", "a y 10.0.0.5"}));
  EXPECT_EQ(subsystems_of("create a\nadd a subsystem \"x\"\ncreate default\n"
                          "add default subsystem \"z\"\nbind 10.1.0.0/16 a"),
            (Texts{"a x 10.1.0.0", "default z"}));
  EXPECT_EQ(subsystems_of("create a\nadd a subsystem \"x\"\ndynamic d\n"
                          "add d otherwise use a\nbind 10.0.0.5 d"),
            (Texts{"a x 10.0.0.5"}));
  EXPECT_EQ(subsystems_of("create a\nadd a subsystem \"unused\"\ncreate b\nbind 10.0.0.5 b"),
            (Texts{}));
}

TEST(Subsystems, ClonesShareAStatementUnlessTheirBoundsDiffer) {
  const std::string text =
      "create a\nadd a subsystem \"x\" shared\nclone b a\nbind 10.0.0.5 a\nbind 10.0.0.6 b\n";
  EXPECT_EQ(subsystems_of(text), (Texts{"a x shared 10.0.0.5"}));
  EXPECT_EQ(subsystems_of(text + "set b maxfds 99"),
            (Texts{"a x shared 10.0.0.5", "a x shared 10.0.0.6"}));
}

TEST(Subsystems, TraitsMayFollowTheStatement) {
  const Configuration configuration = built_with_subsystems(
      "create a\nadd a subsystem \"x\"\nbind 10.0.0.5 a\nset a maxprocesses 9\n"
      "set a name \"www.example.org\"");
  const auto& uses = configuration.honeynet->subsystems();
  ASSERT_EQ(uses.size(), 1u);
  const auto& subsystem = std::get<Subsystem>(*uses[0].subsystem);
  EXPECT_EQ(subsystem.privileges.processes, 9u);
  EXPECT_EQ(subsystem.host_name, "www.example.org");
  ASSERT_EQ(configuration.scripts.size(), 1u);
  EXPECT_TRUE(configuration.scripts[0].is_subsystem);
}

TEST(Subsystems, ARepeatedOneRunsOnce) {
  SourceText source("x.conf",
                    "create a\nadd a subsystem \"x\"\nadd a subsystem \"x\"\nbind 10.0.0.5 a");
  const auto result = build_configuration(source, TestCatalogue{});
  ASSERT_TRUE(result);
  EXPECT_NE(
      render(result->remarks, source).find("warning: 'a' has this subsystem already: it runs once"),
      std::string::npos);
  EXPECT_EQ(result->honeynet->subsystems().size(), 1u);
}

TEST(Subsystems, ConfiguredPortsPrecedeTheirs) {
  const Configuration configuration = built_with_subsystems(
      "create a\nadd a subsystem \"x\"\nadd a tcp port 80 block\nset a default tcp action reset\n"
      "bind 10.0.0.5 a");
  const HostTemplate& host = **configuration.honeynet->find_host(IpAddress::v4(10, 0, 0, 5));
  const ListeningPorts listening(
      {{configuration.honeynet->subsystems()[0].subsystem, {Port{80}, Port{443}}, {Port{53}}}});
  EXPECT_EQ(host.action(IpProtocol::tcp, Port{80}, listening), PortAction{Block{}});
  EXPECT_EQ(host.action(IpProtocol::tcp, Port{443}, listening), host.subsystems[0]);
  EXPECT_EQ(host.action(IpProtocol::tcp, Port{53}, listening), PortAction{Reset{}});
  EXPECT_EQ(host.action(IpProtocol::udp, Port{53}, listening), host.subsystems[0]);
  EXPECT_EQ(host.action(IpProtocol::tcp, Port{443}, ListeningPorts{}), PortAction{Reset{}});
}

}  // namespace
}  // namespace apiary

#include "daemon/config_reloader.h"

#include <gtest/gtest.h>

#include "daemon/testing/test_shards.h"
#include "loop/event_loop.h"
#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

IpAddress address(std::string_view text) { return parse_ip_address(text).value(); }

TEST(ConfigReloaderTest, AClaimThatADeviceRejectsChangesNothing) {
  TemporaryFolder folder;
  const ConfigurationSources sources{folder.add("main.conf", "create a\nbind 10.0.0.5 a\n"),
                                     folder.add("systems", "")};
  auto built = build_file(sources);
  ASSERT_TRUE(built) << built.error();
  const AddressSet claimed = built->configuration.addresses;
  TestShards shards(built->configuration.honeynet, claimed);
  const Engine& engine = shards.shard(0).engine();
  std::vector<std::unique_ptr<Device>> devices;
  devices.push_back(std::make_unique<FakeDevice>());
  devices.push_back(std::make_unique<FakeDevice>(address("10.0.0.9")));
  auto& willing = static_cast<FakeDevice&>(*devices[0]);
  auto& refusing = static_cast<FakeDevice&>(*devices[1]);

  ClaimedNetwork network(std::move(devices), {}, {}, {claimed});

  EventLoop& loop = shards.set().events();
  BackgroundWorker worker(loop.base());
  ConfigReloader reloader({sources, {.directory = folder.path()}}, std::move(built->active),
                          {shards.set(), worker, network});
  const auto added = [&](const std::string& statement) {
    std::optional<ConfigReloader::Outcome> outcome;
    reloader.add(statement, [&](const auto& said) { outcome = said; });
    while (!outcome) loop.wait(seconds{5});
    return *outcome;
  };

  const auto before = engine.honeynet();
  const auto refused = added("bind 10.0.0.9 a");
  EXPECT_FALSE(refused.changed);
  EXPECT_EQ(refused.text, "set the packet filter: Cannot allocate memory\n");
  EXPECT_EQ(engine.honeynet(), before);
  EXPECT_EQ(to_string(engine.claimed()), "10.0.0.5");
  EXPECT_EQ(willing.claims, (std::vector<std::string>{"10.0.0.5, 10.0.0.9", "10.0.0.5"}))
      << "the old filter is restored";
  EXPECT_EQ(refusing.claims, (std::vector<std::string>{"10.0.0.5"}));

  const auto taken = added("bind 10.0.0.6 a");
  EXPECT_TRUE(taken.changed) << taken.text;
  EXPECT_EQ(taken.statements_since, 1U) << "without the rejected one";
  EXPECT_EQ(to_string(engine.claimed()), "10.0.0.5-10.0.0.6");
  EXPECT_EQ(refusing.claims.back(), "10.0.0.5-10.0.0.6");

  // A change does not claim an address that the machine gets while the change is prepared.
  AddressSet machines;
  machines.add(IpPrefix{address("10.0.0.7"), 32});
  std::optional<ConfigReloader::Outcome> added_meanwhile, left, followed;
  reloader.add("bind 10.0.0.7 a", [&](const auto& said) { added_meanwhile = said; });
  reloader.follow_machine(engine.interfaces(), {}, machines,
                          [&](const auto& said) { left = said; });
  while (!added_meanwhile || !left) loop.wait(seconds{5});
  EXPECT_TRUE(added_meanwhile->changed) << added_meanwhile->text;
  EXPECT_EQ(to_string(engine.claimed()), "10.0.0.5-10.0.0.6");
  reloader.follow_machine(engine.interfaces(), {}, {}, [&](const auto& said) { followed = said; });
  while (!followed) loop.wait(seconds{5});
  EXPECT_EQ(to_string(engine.claimed()), "10.0.0.5-10.0.0.7") << "the machine no longer has it";
  EXPECT_EQ(followed->notices,
            std::vector<std::string>{
                "answering for 10.0.0.7 again: this machine no longer has the address"});
}

}  // namespace
}  // namespace apiary

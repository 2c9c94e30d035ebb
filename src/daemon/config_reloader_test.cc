#include "daemon/config_reloader.h"

#include <gtest/gtest.h>

#include "loop/event_loop.h"
#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

IpAddress address(std::string_view text) { return parse_ip_address(text).value(); }

/// Receives nothing; refuses to be responsible for `refused`.
class FakeDevice final : public Device {
 public:
  explicit FakeDevice(std::optional<IpAddress> refused = {}) : refused_(refused) {}

  DeviceType type() const override { return DeviceType::ethernet; }
  const std::string& name() const override { return name_; }
  LinkLayer link_layer() const override { return LinkLayer::raw_ip; }
  MacAddress mac() const override { return {}; }
  std::size_t mtu_bytes() const override { return 1500; }
  tl::expected<void, SystemError> set_receive_filter(const ReceiveFilter& filter) override {
    if (refused_ && filter.addresses.contains(*refused_))
      return tl::unexpected(SystemError{"set the packet filter", ENOMEM});
    claims.push_back(to_string(filter.addresses));
    return {};
  }
  tl::expected<Followed, SystemError> follow(const MachineNetwork&) override { return Followed{}; }

  std::vector<std::string> claims;

 private:
  std::string name_ = "fake";
  std::optional<IpAddress> refused_;
};

TEST(ReconfigurationTest, WhatADeviceRefusesChangesNothing) {
  TemporaryFolder folder;
  const ConfigurationSources sources{folder.add("main.conf", "create a\nbind 10.0.0.5 a\n"),
                                     folder.add("systems", "")};
  auto built = build_file(sources);
  ASSERT_TRUE(built) << built.error();
  const AddressSet claimed = built->configuration.addresses;
  Engine engine(built->configuration.honeynet,
                {.interfaces = {{LinkLayer::raw_ip, {}, 1500}}, .claimed = claimed});
  std::vector<std::unique_ptr<Device>> devices;
  devices.push_back(std::make_unique<FakeDevice>());
  devices.push_back(std::make_unique<FakeDevice>(address("10.0.0.9")));
  auto& willing = static_cast<FakeDevice&>(*devices[0]);
  auto& refusing = static_cast<FakeDevice&>(*devices[1]);

  EventLoop loop;
  BackgroundWorker worker(loop.base());
  ConfigReloader reconfiguration({sources, {}, {.directory = folder.path()}},
                                 std::move(built->living), {claimed},
                                 {engine, worker, devices, {}});
  const auto added = [&](const std::string& statement) {
    std::optional<ConfigReloader::Outcome> outcome;
    reconfiguration.add(statement, [&](const auto& said) { outcome = said; });
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
      << "it is told to go back";
  EXPECT_EQ(refusing.claims, (std::vector<std::string>{"10.0.0.5"}));

  const auto taken = added("bind 10.0.0.6 a");
  EXPECT_TRUE(taken.changed) << taken.text;
  EXPECT_EQ(taken.statements_since, 1U) << "the refused one is not kept";
  EXPECT_EQ(to_string(engine.claimed()), "10.0.0.5-10.0.0.6");
  EXPECT_EQ(refusing.claims.back(), "10.0.0.5-10.0.0.6");

  // What the machine gets while a change is prepared is not claimed when that is done.
  AddressSet machines;
  machines.add(IpPrefix{address("10.0.0.7"), 32});
  std::optional<ConfigReloader::Outcome> added_meanwhile, left, followed;
  reconfiguration.add("bind 10.0.0.7 a", [&](const auto& said) { added_meanwhile = said; });
  reconfiguration.follow_machine(engine.interfaces(), {}, machines,
                                 [&](const auto& said) { left = said; });
  while (!added_meanwhile || !left) loop.wait(seconds{5});
  EXPECT_TRUE(added_meanwhile->changed) << added_meanwhile->text;
  EXPECT_EQ(to_string(engine.claimed()), "10.0.0.5-10.0.0.6");
  reconfiguration.follow_machine(engine.interfaces(), {}, {},
                                 [&](const auto& said) { followed = said; });
  while (!followed) loop.wait(seconds{5});
  EXPECT_EQ(to_string(engine.claimed()), "10.0.0.5-10.0.0.7") << "but when it has it no more";
  EXPECT_EQ(followed->notices,
            std::vector<std::string>{
                "answering for 10.0.0.7 again: this machine no longer has the address"});
}

}  // namespace
}  // namespace apiary

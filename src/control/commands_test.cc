#include "control/commands.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control/reports.h"

namespace apiary {
namespace {

std::shared_ptr<const Honeynet> honeynet_of(std::uint32_t hosts) {
  HostTemplate kind{.name = "web"};
  kind.personality = std::make_shared<const Personality>(generic_personality());
  const auto shared = std::make_shared<const HostTemplate>(std::move(kind));
  Honeynet::Parts parts{.router_template = shared};
  const auto address = [](std::uint32_t i) { return IpAddress::v4((10U << 24) + i); };
  if (hosts > 0) parts.hosts = HostMap({{{address(0), address(hosts - 1)}, shared}});
  return std::make_shared<const Honeynet>(std::move(parts));
}

/// Notes what it is asked for.
class FakeDaemon final : public DaemonInterface {
 public:
  const Engine& engine() const override { return engine_; }
  DaemonStatus status() const override {
    return {.version = "1.2.3", .configuration_file = "my.conf", .failure = "my.conf:3: \xff"};
  }
  void reload(Reply reply) override { note("reload", reply, true); }
  void apply(std::string statement, Reply reply) override {
    note("apply " + statement, reply, statement.starts_with("bind"));
  }
  void dump(Reply reply) override { note("dump", reply, true); }
  void rotate(Reply reply) override {
    asked = "rotate";
    reply({false, "events to /x: cannot start a new file: renaming /x: Permission denied\n"});
  }
  void replace(std::string text, Reply reply) override { note("replace " + text, reply, true); }
  void show_configuration(Reply reply) override { note("show_configuration", reply, true); }
  void draw_topology(Reply reply) override { note("draw_topology", reply, true); }
  void explain(const IpAddress& address, Reply reply) override {
    note("explain " + to_string(address), reply, true);
  }
  void check(std::string text, Reply reply) override { note("check " + text, reply, true); }
  std::string activity() const override { return "{}"; }
  void in_background(std::function<std::string()> work, Reply reply) override {
    reply({true, work()});
  }

  std::string asked;

 private:
  void note(const std::string& what, const Reply& reply, bool ok) {
    asked = what;
    reply({ok, "said\n"});
  }
  Engine engine_{honeynet_of(2), {.interfaces = {{LinkLayer::raw_ip, {}, 1500}}}};
};

struct Asked {
  ControlResponse answer;
  std::string of_daemon;
};
Asked ask(const std::string& command, bool json = false) {
  FakeDaemon daemon;
  Asked asked;
  execute_command({json, command}, daemon,
                  [&](ControlResponse answer) { asked.answer = std::move(answer); });
  asked.of_daemon = daemon.asked;
  return asked;
}

TEST(Commands, WhatIsNoCommandIsAStatement) {
  EXPECT_EQ(ask("reload").of_daemon, "reload");
  EXPECT_EQ(ask(" dump ").of_daemon, "dump");
  EXPECT_EQ(ask("bind 10.0.0.9 web").of_daemon, "apply bind 10.0.0.9 web");
  EXPECT_EQ(ask("reload now").of_daemon, "apply reload now");
  EXPECT_EQ(ask("create x y").answer.text, "said\n");
  EXPECT_EQ(ask("statsu").answer.text, "said\nhint: apiary ctl help lists the commands\n");
  EXPECT_FALSE(ask("  ").answer.ok);
  EXPECT_EQ(ask("  ").of_daemon, "");
}

TEST(Commands, RotationFailsWhenAFileCannotBegin) {
  const Asked rotated = ask("rotate");
  EXPECT_EQ(rotated.of_daemon, "rotate");
  EXPECT_FALSE(rotated.answer.ok);
  EXPECT_NE(rotated.answer.text.find("Permission denied"), std::string::npos);
}

TEST(Commands, StatusIsValidJsonWhateverIsInIt) {
  const auto status = nlohmann::json::parse(ask("status", true).answer.text);
  EXPECT_EQ(status["version"], "1.2.3");
  EXPECT_EQ(status["bound_hosts"], 2);
  EXPECT_EQ(status["configuration"]["file"], "my.conf");
  EXPECT_NE(ask("status").answer.text.find("the last reload failed: my.conf:3"), std::string::npos);
}

TEST(Reports, ListsAreBoundedAndSayHowManyThereAreBesides) {
  const auto many = honeynet_of(max_report_entries + 3);
  const auto listed = nlohmann::json::parse(hosts_json(*many, {}));
  EXPECT_EQ(listed["hosts"].size(), max_report_entries);
  EXPECT_EQ(listed["hosts"][1]["address"], "10.0.0.1");
  EXPECT_EQ(listed["not_listed"], 3);
  EXPECT_TRUE(hosts_text(*many, {}).ends_with("and 3 more\n"));
  EXPECT_EQ(nlohmann::json::parse(hosts_json(*honeynet_of(1), {}))["not_listed"], 0);
}

}  // namespace
}  // namespace apiary

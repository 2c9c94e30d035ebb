#include "control/commands.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "control/metrics.h"
#include "control/reports.h"
#include "honeynet/honeynet.h"

namespace apiary {
namespace {

std::shared_ptr<const Honeynet> honeynet_of(std::uint32_t hosts) {
  HostTemplate host_template{.name = "web"};
  host_template.personality = std::make_shared<const Personality>(generic_personality());
  const auto shared = std::make_shared<const HostTemplate>(std::move(host_template));
  Honeynet::Parts parts{.router_template = shared};
  const auto address = [](std::uint32_t i) { return IpAddress::v4((10U << 24) + i); };
  if (hosts > 0) parts.hosts = HostMap({{{address(0), address(hosts - 1)}, shared}});
  return std::make_shared<const Honeynet>(std::move(parts));
}

const DhcpClientStatus leased_host{
    .interface = "eth0",
    .template_name = "printer",
    .personality = "JetDirect",
    .state = "bound",
    .mac = {{2, 0, 0, 0, 0, 1}},
    .lease = {{IpAddress::v4(192, 0, 2, 30), IpAddress::v4(192, 0, 2, 1), Instant::max()}}};

/// Records the requests.
class FakeDaemon final : public DaemonInterface {
 public:
  DaemonStatus status() const override {
    return {.version = "1.2.3",
            .configuration_file = "my.conf",
            .failure = "my.conf:3: \xff",
            .engine = {.bound_hosts = 2, .connections = 5, .half_open_connections = 3}};
  }
  HostDirectory hosts() const override { return {honeynet_of(2), {}, {leased_host}}; }
  ConversationList conversations(std::size_t) const override { return {{}, 7}; }
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
  void audit(Reply reply) override { note("audit", reply, true); }
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

TEST(Commands, OtherWordsAreAStatement) {
  EXPECT_EQ(ask("reload").of_daemon, "reload");
  EXPECT_EQ(ask(" dump ").of_daemon, "dump");
  EXPECT_EQ(ask("bind 10.0.0.9 web").of_daemon, "apply bind 10.0.0.9 web");
  EXPECT_EQ(ask("reload now").of_daemon, "apply reload now");
  EXPECT_EQ(ask("create x y").answer.text, "said\n");
  EXPECT_EQ(ask("statsu").answer.text, "said\nhint: apiary ctl help lists the commands\n");
  EXPECT_FALSE(ask("  ").answer.ok);
  EXPECT_EQ(ask("  ").of_daemon, "");
}

TEST(Commands, RotationFailsIfAFileCannotBeCreated) {
  const Asked rotated = ask("rotate");
  EXPECT_EQ(rotated.of_daemon, "rotate");
  EXPECT_FALSE(rotated.answer.ok);
  EXPECT_NE(rotated.answer.text.find("Permission denied"), std::string::npos);
}

TEST(Commands, StatusIsValidJsonWithAnyBytes) {
  const auto status = nlohmann::json::parse(ask("status", true).answer.text);
  EXPECT_EQ(status["version"], "1.2.3");
  EXPECT_EQ(status["bound_hosts"], 2);
  EXPECT_EQ(status["configuration"]["file"], "my.conf");
  EXPECT_NE(ask("status").answer.text.find("the last reload failed: my.conf:3"), std::string::npos);
}

TEST(Reports, StatusListsSubsystems) {
  const DaemonStatus status{.subsystems = {{.owner = "web",
                                            .command = "nginx",
                                            .servers = 2,
                                            .connections = 1,
                                            .tcp = {Port{80}, Port{443}},
                                            .udp = {Port{53}}}}};
  EXPECT_NE(status_text(status).find(
                "subsystem      nginx of web: 2 servers, 1 connection, tcp 80, tcp 443, udp 53\n"),
            std::string::npos);
  const auto json = nlohmann::json::parse(status_json(status));
  EXPECT_EQ(json["subsystems"][0]["template"], "web");
  EXPECT_EQ(json["subsystems"][0]["tcp"], (nlohmann::json{80, 443}));
}

TEST(Reports, ListsAreBoundedAndCountTheRest) {
  const auto many = honeynet_of(max_report_entries + 3);
  const auto listed = nlohmann::json::parse(hosts_json({many, {}}));
  EXPECT_EQ(listed["hosts"].size(), max_report_entries);
  EXPECT_EQ(listed["hosts"][1]["address"], "10.0.0.1");
  EXPECT_EQ(listed["not_listed"], 3);
  EXPECT_TRUE(hosts_text({many, {}}).ends_with("and 3 more\n"));
  EXPECT_EQ(nlohmann::json::parse(hosts_json({honeynet_of(1), {}}))["not_listed"], 0);
}

TEST(Reports, ListsCountFurtherConversations) {
  EXPECT_EQ(ask("connections").answer.text, "and 7 more\n");
  EXPECT_EQ(nlohmann::json::parse(ask("connections", true).answer.text)["not_listed"], 7);
}

TEST(Reports, ALeasedHostHasTheTemplateOfItsClient) {
  HostTemplate other{.name = "default",
                     .personality = std::make_shared<const Personality>(generic_personality())};
  const auto honeynet = std::make_shared<const Honeynet>(
      Honeynet::Parts{.default_template = std::make_shared<const HostTemplate>(std::move(other))});
  const IpAddress leased = leased_host.lease->address, bare = IpAddress::v4(192, 0, 2, 31);
  const HostDirectory directory{honeynet, {}, {leased_host}};
  const FoundHosts found = find_hosts(directory, {.among = {{leased, bare}}});
  EXPECT_EQ(found.total, 2U);
  EXPECT_EQ(found.hosts[0].template_name, "printer");
  EXPECT_EQ(to_string(found.hosts[0].mac.value()), "02:00:00:00:00:01");
  EXPECT_EQ(found.hosts[1].template_name, "default");
  EXPECT_EQ(find_hosts(directory, {.text = "jet", .among = {{leased, bare}}}).total, 1U);
}

TEST(Metrics, DependOnlyOnTheStatus) {
  DaemonStatus status{.version = "1.2.3"};
  status.engine.connections = 5;
  status.engine.half_open_connections = 3;
  status.engine.byte_limits = {{"send_bytes", 77}};
  status.engine.link_queues = {{.low = IpAddress::v4(10, 0, 0, 1),
                                .high = IpAddress::v4(10, 0, 0, 2),
                                .parallel = 1,
                                .low_to_high_bytes = 1'500}};
  const std::string text = metrics_text(status);
  for (const char* const line :
       {"apiary_connections{state=\"established\"} 2\n", "apiary_limit{name=\"send_bytes\"} 77\n",
        "apiary_link_queue_bytes{link=\"10.0.0.1 to 10.0.0.2, number 2\"} 1500\n",
        "apiary_link_queue_bytes{link=\"10.0.0.2 to 10.0.0.1, number 2\"} 0\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line;
}

}  // namespace
}  // namespace apiary

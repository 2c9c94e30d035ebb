#include <event2/event.h>
#include <gtest/gtest.h>

#include "service/built_in_backend.h"
#include "service/proxy_backend.h"
#include "service/script_backend.h"
#include "service/subsystem_backend.h"
#include "service/testing/service_fixture.h"

namespace apiary {
namespace {

const ServiceSpec script = Script{"cat"};
const ServiceSpec proxy = Proxy{"192.0.2.9:80"};
const ServiceSpec built_in = BuiltIn::echo;
const ServiceSpec subsystem = Subsystem{.owner = "a", .command = "cat"};

/// One backend of each kind, without a runner.
class ServiceBackendTest : public ::testing::Test {
 protected:
  ServiceBackendTest() {
    auto spawner = Spawner::start({});
    if (!spawner) throw std::runtime_error(to_string(spawner.error()));
    events_.reset(event_base_new());
    inbox_ = std::make_unique<Inbox>(events_.get());
    const SessionContext context{events_.get(), *inbox_};
    spawner_ = std::make_unique<SpawnerLink>(events_.get(), std::move(*spawner),
                                             SpawnerLink::Observer{[] {}, [](auto, auto) {}});
    scripts = std::make_unique<ScriptBackend>(context, *spawner_, ScriptLimits{}, notes);
    subsystems = std::make_unique<SubsystemBackend>(context, *spawner_, SubsystemLimits{},
                                                    SubsystemLog{notes, allowance_});
    proxies = std::make_unique<ProxyBackend>(
        context, ProxyLimits{.sessions = 2, .datagram_sessions = 1}, own_connections_);
    built_ins = std::make_unique<BuiltInBackend>(*inbox_);
  }

  /// Opens and counts as the runner does; returns why it was refused, or nothing.
  std::string open(ServiceBackend& backend, const ServiceSpec& service, IpProtocol protocol) {
    const OpenSession open{.session = {++last_session_},
                           .flow = {.remote = {IpAddress::v4(192, 0, 2, 1), Port{4000}},
                                    .local = {IpAddress::v4(10, 0, 0, 5), Port{23}},
                                    .protocol = protocol},
                           .service = std::make_shared<const ServiceSpec>(service),
                           .output_allowance_bytes = 4'096};
    auto session = backend.open(open, NoteLimiter(notes, allowance_, open));
    if (!session) return session.error().why;
    sessions_.push_back(std::move(*session));
    backend.count_opened(protocol);
    return {};
  }

  RememberedNotes notes;

 private:
  struct BaseDeleter {
    void operator()(event_base* base) const { event_base_free(base); }
  };
  std::unique_ptr<event_base, BaseDeleter> events_;
  RateLimiter allowance_{1'000, 1'000};
  std::unique_ptr<Inbox> inbox_;
  std::unique_ptr<SpawnerLink> spawner_;
  OwnConnections own_connections_;
  std::uint64_t last_session_ = 0;

 protected:
  std::unique_ptr<ServiceBackend> scripts, proxies, built_ins, subsystems;

 private:
  std::vector<std::unique_ptr<Session>> sessions_;
};

TEST_F(ServiceBackendTest, EachServesOnlyItsKind) {
  struct Case {
    const char* name;
    const ServiceBackend* backend;
    bool scripts, proxies, built_ins, subsystems;
  };
  for (const Case& c : {Case{"scripts", scripts.get(), true, false, false, false},
                        {"proxies", proxies.get(), false, true, false, false},
                        {"built in", built_ins.get(), false, false, true, false},
                        {"subsystems", subsystems.get(), false, false, false, true}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(c.backend->serves(script), c.scripts);
    EXPECT_EQ(c.backend->serves(proxy), c.proxies);
    EXPECT_EQ(c.backend->serves(built_in), c.built_ins);
    EXPECT_EQ(c.backend->serves(subsystem), c.subsystems);
  }
}

TEST_F(ServiceBackendTest, EachCountsItsOwn) {
  EXPECT_EQ(open(*scripts, script, IpProtocol::tcp), "");
  EXPECT_EQ(open(*built_ins, built_in, IpProtocol::tcp), "");
  EXPECT_EQ(open(*built_ins, built_in, IpProtocol::udp), "");
  EXPECT_EQ(scripts->usage().sessions, 1U);
  EXPECT_EQ(scripts->usage().processes, 1U);
  EXPECT_EQ(built_ins->usage().sessions, 2U);
  EXPECT_EQ(built_ins->usage().processes, 0U);
  EXPECT_EQ(proxies->usage().sessions, 0U);
  built_ins->count_over(IpProtocol::udp);
  EXPECT_EQ(built_ins->usage().sessions, 1U);
}

TEST_F(ServiceBackendTest, DatagramsLeaveConnectionsForTcp) {
  EXPECT_EQ(open(*proxies, Proxy{"127.0.0.1:9"}, IpProtocol::udp), "");
  EXPECT_EQ(open(*proxies, Proxy{"127.0.0.1:9"}, IpProtocol::udp),
            "not connected: 1 connections are open for UDP already");
  EXPECT_EQ(open(*proxies, Proxy{"127.0.0.1:9"}, IpProtocol::tcp), "");
  EXPECT_EQ(open(*proxies, Proxy{"127.0.0.1:9"}, IpProtocol::tcp),
            "not connected: 2 connections are open already");
  proxies->count_over(IpProtocol::udp);
  EXPECT_EQ(open(*proxies, Proxy{"127.0.0.1:9"}, IpProtocol::udp), "") << "a slot is free again";
}

TEST_F(ServiceBackendTest, AScriptWithoutACommandIsRefused) {
  EXPECT_EQ(open(*scripts, Script{""}, IpProtocol::tcp),
            "not started: no command: Invalid argument");
  EXPECT_EQ(scripts->usage().sessions, 0U);
}

TEST(NoteLimiter, AMovedOneReportsLeftOutNotesOnce) {
  RememberedNotes notes;
  RateLimiter shared{10'000, 10'000};
  const OpenSession open{.service = std::make_shared<const ServiceSpec>(Script{"chatty"})};
  {
    NoteLimiter first(notes, shared, open);
    for (int i = 0; i < 200; ++i) first.log("line");
    const NoteLimiter second(std::move(first));
  }
  std::size_t left_out = 0;
  for (const std::string& text : notes.texts)
    if (text.find("left out") != std::string::npos) ++left_out;
  EXPECT_EQ(left_out, 1U);
  EXPECT_EQ(notes.services.back(), "chatty");
}

}  // namespace
}  // namespace apiary

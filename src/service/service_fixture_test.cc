#include "service/testing/service_fixture.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "base/overloaded.h"

namespace apiary {
namespace {

FlowKey test_flow(IpProtocol protocol) {
  return {.remote = {IpAddress::v4(192, 0, 2, 1), Port{4000}},
          .local = {IpAddress::v4(10, 0, 0, 5), Port{23}},
          .protocol = protocol};
}

}  // namespace

bool RememberedNotes::contain(std::string_view part) const {
  for (const std::string& text : texts)
    if (text.find(part) != std::string::npos) return true;
  return false;
}

ServiceTest::ServiceTest() {
  std::string path = "/tmp/apiary-service-XXXXXX";
  directory = own_directory_ = mkdtemp(path.data());
  chmod(directory.c_str(), 0755);  // services run as nobody
  restart({});
}

ServiceTest::~ServiceTest() {
  runner.reset();
  event_base_free(events);
  std::filesystem::remove_all(own_directory_);
}

void ServiceTest::restart(const ServiceLimits& limits, ContainMode contain) {
  runner.reset();
  if (events != nullptr) event_base_free(events);
  auto spawner =
      Spawner::start({.directory = directory, .allowed_users = {4321, 4322}, .contain = contain});
  if (!spawner) throw std::runtime_error(to_string(spawner.error()));
  spawner_process = spawner->process();
  events = event_base_new();
  runner = std::make_unique<ServiceRunner>(events, std::move(*spawner), limits, notes);
}

SessionId ServiceTest::open(ServiceSpec service, IpProtocol protocol, std::size_t allowance_bytes,
                            const ServicePrivileges& privileges) {
  const SessionId session{++last_session};
  execute(OpenSession{.session = session,
                      .flow = test_flow(protocol),
                      .service = std::make_shared<const ServiceSpec>(std::move(service)),
                      .personality = "Cisco 7206 running IOS 11.1(24)",
                      .template_name = "router",
                      .host_name = "core.example.org",
                      .interface = "eth0",
                      .visitor_system = "Hive OS 3.x",
                      .output_allowance_bytes = allowance_bytes,
                      .privileges = privileges});
  return session;
}

void ServiceTest::deliver(SessionId session, std::string_view text) {
  execute(DeliverInput{session, as_bytes(text)});
}

void ServiceTest::turn(int loop_flags) {
  event_base_loop(events, loop_flags);
  std::vector<ServiceCommand> grants;
  for (const ServiceMessage& message : runner->take_messages()) {
    std::visit(
        overloaded{[&](const ServiceOutput& m) {
                     Received& h = received[m.session.value];
                     h.output += as_text(m.bytes);
                     h.datagrams.emplace_back(as_text(m.bytes));
                     if (grants_back) grants.push_back(GrantOutput{m.session, m.bytes.size()});
                   },
                   [&](const InputConsumed& m) { received[m.session.value].consumed += m.bytes; },
                   [&](const OutputEnded& m) { ++received[m.session.value].ended; },
                   [&](const ServiceFailed& m) { ++received[m.session.value].failed; }},
        message);
  }
  runner->execute(grants);
}

void ServiceTest::run_until(const std::function<bool()>& done, Duration limit) {
  event* const tick = event_new(
      events, -1, EV_PERSIST, [](evutil_socket_t, short, void*) {}, nullptr);
  const timeval interval{0, 10'000};
  event_add(tick, &interval);
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!done() && std::chrono::steady_clock::now() < end) turn(EVLOOP_ONCE);
  event_free(tick);
  EXPECT_TRUE(done()) << "nothing more happened";
}

void ServiceTest::run_for(Duration time) {
  const auto end = std::chrono::steady_clock::now() + time;
  run_until([&] { return std::chrono::steady_clock::now() >= end; }, time + seconds{1});
}

std::string ServiceTest::write_script(const std::string& name, const std::string& text) {
  const std::string path = directory + "/" + name;
  std::ofstream(path) << text;
  chmod(path.c_str(), 0755);
  return path;
}

}  // namespace apiary

// A reload with another egress list and other limits.
#include "service/testing/subsystem_fixture.h"

namespace apiary {
namespace {

TEST_F(SubsystemTest, OtherLimitsAndEgressHoldForTheServerThatRuns) {
  const std::string_view server = R"(#!/usr/bin/python3
import errno, os, resource, socket
children = os.fork()
connection, _ = socket.create_server(('', 23)).accept() if children else (None, None)
if not children: os.read(os.pipe()[0], 1)
for line in connection.makefile():
    name, *rest = line.split()
    if name == 'limits': answer = [resource.getrlimit(n)[0] for n in (resource.RLIMIT_DATA, resource.RLIMIT_NOFILE)]
    if name == 'child': answer = resource.prlimit(children, resource.RLIMIT_NOFILE)[0]
    if name == 'raise':
        try: answer = resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30))
        except (OSError, ValueError) as e: answer = 'EPERM'
    if name == 'connect':
        with socket.socket() as s:
            s.settimeout(0.3)
            try: answer = errno.errorcode[s.connect_ex((rest[0], 80))]
            except OSError as e: answer = e
    connection.sendall(f'{answer}\n'.encode())
)";
  const auto rule = [](const char* text) {
    return EgressRule{.destinations = *parse_ip_prefix(text)};
  };
  Subsystem wanted{.privileges = {.open_files = 100, .memory_bytes = 64 << 20}};
  const auto spec = run_server(server, wanted);
  run_until_open(*spec, Port{23});
  const SessionId session = visit(spec, first_host);
  const auto ask = [&](const std::string& question) {
    output_of(session).clear();
    deliver(session, question + "\n");
    run_until_heard(session, "\n");
    return output_of(session);
  };
  const auto change = [&] {
    wanted.owner = "farm", wanted.command = "./server";
    runner->run({{std::make_shared<const ServiceSpec>(wanted), first_host}});
  };
  EXPECT_EQ(ask("limits"), "[67108864, 100]\n");
  EXPECT_EQ(ask("connect 192.0.2.9"), "ECONNREFUSED\n");
  EXPECT_TRUE(runner->take_connect_requests().empty());

  wanted.privileges.memory_bytes = 96 << 20;  // raised
  wanted.privileges.open_files = 50;          // lowered
  wanted.egress = {rule("192.0.2.0/24")};
  change();
  const auto ask_until = [&](const std::string& question, const std::string& answer) {
    run_until([&] { return ask(question) == answer; });
  };
  ask_until("limits", "[100663296, 50]\n");
  EXPECT_EQ(ask("child"), "50\n");
  ask_until("connect 192.0.2.9", "EAGAIN\n");  // the engine has not answered
  ASSERT_FALSE(runner->take_connect_requests().empty());
  EXPECT_EQ(ask("connect 198.51.100.9"), "ECONNREFUSED\n");

  wanted.egress = {rule("198.51.100.0/24")};
  change();
  ask_until("connect 198.51.100.9", "EAGAIN\n");
  EXPECT_EQ(ask("connect 192.0.2.9"), "ECONNREFUSED\n");
  EXPECT_FALSE(runner->take_connect_requests().empty());

  wanted.egress = {};
  change();
  ask_until("connect 198.51.100.9", "ECONNREFUSED\n");
  EXPECT_EQ(ask("raise"), "EPERM\n") << "the server itself may not";
  EXPECT_TRUE(notes.exits.empty());
  EXPECT_FALSE(notes.contain("begin with its next start"));

  // Another memory limit ends it if it uses more.
  wanted.privileges.memory_bytes = 1 << 20;
  change();
  run_until([&] { return !notes.exits.empty(); });
  EXPECT_TRUE(notes.contain("used too much memory"));
}

}  // namespace
}  // namespace apiary

#include "service/testing/service_fixture.h"

namespace apiary {
namespace {

using ProcessLimitsTest = ServiceTest;

TEST_F(ProcessLimitsTest, ProcessesBeyondTheLimitFail) {
  restart({.scripts = {.processes = 3}});
  for (int i = 0; i < 4; ++i) open_script("cat");
  run_until_ended({4});
  EXPECT_EQ(received[4].failed, 1);
  EXPECT_TRUE(notes.contain("not started: 3 processes run already"));
  close({1});
  run_until([&] { return runner->process_count() == 2; });
  const SessionId next = open_script("echo room again");
  run_until_ended(next);
  EXPECT_EQ(received[next.value].output, "room again\n");
}

TEST_F(ProcessLimitsTest, AHostAndASourceNetworkTakeOnlyTheirShare) {
  restart({.scripts = {.processes_per_host = 2}});
  for (int i = 0; i < 3; ++i) open_script("cat");
  run_until_ended({3});
  EXPECT_TRUE(notes.contain("not started: 2 processes of this host run already"));
  restart({.scripts = {.processes_per_source_network = 1}});
  open_script("cat");
  run_until_ended(open_script("cat"));
  EXPECT_TRUE(notes.contain("not started: 1 processes for visitors of 192.0.2.0/24 run already"));
  EXPECT_EQ(runner->refused_count(), 1u);
  close({4});
  run_until_no_process();
  const SessionId next = open_script("echo room again");
  run_until_ended(next);
  EXPECT_EQ(received[next.value].output, "room again\n");
}

TEST_F(ProcessLimitsTest, DatagramsLeaveProcessesForTcp) {
  restart({.scripts = {.processes = 3, .datagram_processes = 2}});
  for (int i = 0; i < 3; ++i) open(Script{"cat"}, IpProtocol::udp, 4'096);
  run_until_ended({3});
  EXPECT_TRUE(notes.contain("not started: 2 processes serve UDP already"));
  const SessionId honest = open_script("echo here");
  run_until_ended(honest);
  EXPECT_EQ(received[honest.value].output, "here\n");
  close({1});
  run_until([&] { return runner->process_count() <= 1; });
  open(Script{"cat"}, IpProtocol::udp, 4'096);
  EXPECT_EQ(runner->session_count(), 3u) << "a slot is free again";
}

}  // namespace
}  // namespace apiary

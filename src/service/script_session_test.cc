#include "service/testing/service_fixture.h"

namespace apiary {
namespace {

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 2654435761u) >> 13);
  return text;
}

TEST_F(ServiceTest, InputReachesTheProcessAndItsOutputComesBack) {
  const SessionId session = open_script("cat");
  deliver(session, "hello\n");
  run_until([&] { return received[1].output == "hello\n"; });
  EXPECT_EQ(received[1].consumed, 6u);
  EXPECT_EQ(received[1].ended, 0);
}

TEST_F(ServiceTest, OutputContinuesAfterTheInputEnds) {
  write_script("slow", "#!/bin/sh\nread line\ncat >/dev/null\nsleep 0.2\necho \"got $line\"\n");
  const SessionId session = open_script("./slow");
  deliver(session, "a line\n");
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(received[1].output, "got a line\n");
  EXPECT_EQ(received[1].ended, 1);
  EXPECT_EQ(received[1].failed, 0);
}

TEST_F(ServiceTest, OutputEndsOnlyWhenEveryHolderHasClosedIt) {
  write_script("parent", "#!/bin/sh\n(sleep 0.3; echo late) &\necho early\n");
  open_script("./parent");
  run_until_ended({1});
  EXPECT_EQ(received[1].output, "early\nlate\n");
}

TEST_F(ServiceTest, OutputMayEndBeforeTheInput) {
  write_script("closer", "#!/bin/sh\necho bye\nexec >&-\ncat >/dev/null\necho note >&2\n");
  const SessionId session = open_script("./closer");
  run_until_ended(session);
  EXPECT_EQ(received[1].output, "bye\n");
  deliver(session, "more");
  run_until([&] { return received[1].consumed == 4; });
  end_input(session);
  run_until([&] { return notes.contain("note"); });
}

TEST_F(ServiceTest, LargeTransfersPassThroughATinyAllowance) {
  const std::string text = pattern(600'000);
  grants_back = true;
  const SessionId session = open_script("cat", 777);
  deliver(session, text);
  end_input(session);
  run_until_ended(session);
  EXPECT_EQ(received[1].consumed, text.size());
  EXPECT_TRUE(received[1].output == text);
}

TEST_F(ServiceTest, AFloodStopsAtItsAllowance) {
  const SessionId session = open_script("yes", 10'000);
  run_until([&] { return received[1].output.size() >= 10'000; });
  grant(session, 500);
  run_until([&] { return received[1].output.size() >= 10'500; });
  run_for(milliseconds{100});
  EXPECT_EQ(received[1].output.size(), 10'500u);
}

TEST_F(ServiceTest, OutputBeyondItsLimitEndsTheConversation) {
  grants_back = true;
  ServicePrivileges privileges;
  privileges.output_bytes = 100'000;
  const SessionId session = open(Script{"yes"}, IpProtocol::tcp, 7'777, privileges);
  run_until_ended(session);
  run_until([&] { return !notes.exits.empty(); });
  EXPECT_EQ(received[1].output.size(), 100'000u);
  EXPECT_EQ(received[1].ended, 1) << "in order: the visitor gets what was within the limit";
  EXPECT_EQ(notes.exits[0].limit, ServiceLimit::output);
  EXPECT_FALSE(notes.exits[0].is_orderly());
  EXPECT_TRUE(notes.contain("ended, as it sent too much"));

  const SessionId exact =
      open(Script{"head -c 100000 /dev/zero"}, IpProtocol::tcp, plenty, privileges);
  run_until_ended(exact);
  run_until([&] { return notes.exits.size() == 2; });
  EXPECT_EQ(received[exact.value].output.size(), 100'000u);
  EXPECT_EQ(notes.exits[1].limit, ServiceLimit::none);
}

TEST_F(ServiceTest, ADatagramBeyondTheLimitOfOutputIsNotSent) {
  write_script("lines", "#!/bin/sh\nprintf 12345678\nprintf 12345678\ncat\n");
  ServicePrivileges privileges;
  privileges.output_bytes = 12;
  const SessionId session = open(Script{"./lines"}, IpProtocol::udp, plenty, privileges);
  run_until_ended(session);
  EXPECT_EQ(received[1].datagrams, (std::vector<std::string>{"12345678"}));
}

TEST_F(ServiceTest, AServiceThatNeverReadsConsumesOnlyWhatItsSocketHolds) {
  const SessionId session = open_script("sleep 30");
  deliver(session, pattern(4'000'000));
  run_for(milliseconds{200});
  EXPECT_GT(received[1].consumed, 0u);
  EXPECT_LT(received[1].consumed, 1'000'000u);
  close(session);
  run_until_no_process();
}

TEST_F(ServiceTest, UnreadInputOfAnExitedServiceCountsAsConsumed) {
  const SessionId session = open_script("true");
  deliver(session, pattern(3'000'000));
  run_until_ended(session);
  deliver(session, "late");
  run_until([&] { return received[1].consumed == 3'000'004; });
  EXPECT_EQ(received[1].ended, 1);
}

TEST_F(ServiceTest, LinesOnStderrBecomeNotesThatCannotHarmATerminal) {
  write_script("notes",
               "#!/bin/sh\nprintf 'first\\nescape \\033[2J and \\377\\r\\nunfinished' >&2\n");
  open_script("./notes");
  run_until_no_process();
  EXPECT_EQ(notes.texts,
            (std::vector<std::string>{"first", "escape \\x1b[2J and \\xff", "unfinished"}));
  EXPECT_EQ(notes.services[0], "./notes");
}

TEST_F(ServiceTest, AFloodOfNotesIsLimited) {
  write_script("chatty", "#!/bin/sh\nexec yes chatter >&2\n");
  const SessionId chatty = open_script("./chatty");
  const SessionId quiet = open_script("cat");
  deliver(quiet, "ping");
  run_until([&] { return received[quiet.value].output == "ping"; });
  run_for(milliseconds{300});
  EXPECT_LT(notes.texts.size(), 200u);
  close(chatty);
  EXPECT_TRUE(notes.contain("lines left out)"));
}

TEST_F(ServiceTest, ADatagramIsAWrite) {
  write_script("lines", "#!/bin/sh\necho one\necho two\nread line\necho \"$line!\"\n");
  const SessionId session = open(Script{"./lines"}, IpProtocol::udp);
  deliver(session, "three\n");
  run_until_ended(session);
  EXPECT_EQ(received[1].datagrams, (std::vector<std::string>{"one\n", "two\n", "three!\n"}));
  EXPECT_EQ(received[1].consumed, 6u);
}

TEST_F(ServiceTest, ADatagramWaitsUntilTheAllowanceHasRoomForAllOfIt) {
  write_script("large", "#!/bin/sh\nprintf %0500d 1\nprintf %0500d 2\n");
  const SessionId session = open(Script{"./large"}, IpProtocol::udp, 700);
  run_until([&] { return received[1].datagrams.size() == 1; });
  run_for(milliseconds{100});
  EXPECT_EQ(received[1].datagrams.size(), 1u);
  EXPECT_EQ(received[1].ended, 0);
  grant(session, 800);
  run_until_ended(session);
  EXPECT_EQ(received[1].datagrams.size(), 2u);
  EXPECT_EQ(received[1].output.size(), 1000u);
}

TEST_F(ServiceTest, AClosedSessionSendsNothingMore) {
  const SessionId session = open_script("cat");
  run_until([&] { return runner->process_count() == 1; });
  deliver(session, "x");  // the socket takes it immediately, so a message is pending
  close(session);
  deliver(session, "y");
  grant(session, 1);
  run_until_no_process();
  EXPECT_EQ(received[1].consumed, 0u);
  EXPECT_EQ(received[1].ended + received[1].failed, 0);
}

}  // namespace
}  // namespace apiary

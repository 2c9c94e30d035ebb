#include "sink/honeyd_logs.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "posix/testing/temporary_files.h"
#include "sink/testing/write_wanted.h"

namespace apiary {
namespace {

const Instant at{nanoseconds{1'764'047'640'706'612'345}};  // 05:14:00.7066 in UTC
const FlowKey tcp{
    {IpAddress::v4(192, 168, 99, 2), {48774}}, {IpAddress::v4(10, 1, 0, 2), {80}}, IpProtocol::tcp};
const FlowKey udp{{IpAddress::v4(192, 168, 99, 2), {52744}},
                  {IpAddress::v4(10, 1, 0, 2), {9999}},
                  IpProtocol::udp};
const FlowKey icmp{
    {IpAddress::v4(192, 168, 99, 2), {}}, {IpAddress::v4(10, 1, 0, 2), {}}, IpProtocol::icmp};

constexpr char started[] = "2025-11-25-05:14:00.7066 honeyd log started ------ UTC+00:00\n";

template <class Log>
std::string written(std::vector<EventBody> all) {
  setenv("TZ", "UTC", 1);
  tzset();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/log";
  Log log(RotatingFile::open(path, {}, at).value());
  std::vector<Event> events;
  for (EventBody& what : all) events.push_back({{}, at, std::move(what)});
  EXPECT_TRUE(writes_all(log, events));
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (events.size() == 1) {
    EXPECT_EQ(log.uses(events[0]), !text.empty()) << "what is counted is what has a line";
  }
  return text;
}

TEST(HoneydPacketLog, HasTheLinesOfHoneyd) {
  struct Case {
    const char* name;
    EventBody body;
    std::string line;  // behind the time
  };
  using events::DaemonEvent;
  for (const Case& c : std::vector<Case>{
           {"start", DaemonEvent{DaemonEvent::Kind::start, "x"},
            "honeyd log started ------ UTC+00:00"},
           {"stop", DaemonEvent{DaemonEvent::Kind::stop, "x"}, "honeyd log stopped ------"},
           {"another deed of the daemon", DaemonEvent{DaemonEvent::Kind::reload, "x"}, ""},
           {"a request that is granted", events::Packet{tcp, ProbeType::handshake_begun, 60, 0x02},
            "tcp(6) S 192.168.99.2 48774 10.1.0.2 80"},
           {"a request of a known system",
            events::Packet{tcp, ProbeType::handshake_begun, 60, 0x02, 0, 0, "Hive OS 3.x"},
            "tcp(6) S 192.168.99.2 48774 10.1.0.2 80 [Hive OS 3.x]"},
           {"known by its request", events::FlowStart{tcp, "x"}, ""},
           {"begins with a datagram", events::FlowStart{udp, "x"},
            "udp(17) S 192.168.99.2 52744 10.1.0.2 9999"},
           {"begins with a datagram of a known system", events::FlowStart{udp, "x", "Hive OS 3.x"},
            "udp(17) S 192.168.99.2 52744 10.1.0.2 9999 [Hive OS 3.x]"},
           {"end", events::FlowEnd{.flow = tcp, .received_bytes = 4, .sent_bytes = 46},
            "tcp(6) E 192.168.99.2 48774 10.1.0.2 80: 4 46"},
           {"segment", events::Packet{tcp, ProbeType::connection_request, 60, 0x02},
            "tcp(6) - 192.168.99.2 48774 10.1.0.2 80: 60 S"},
           {"segment of a known system",
            events::Packet{tcp, ProbeType::connection_request, 48, 0x02, 0, 0, "Hive OS 3.x"},
            "tcp(6) - 192.168.99.2 48774 10.1.0.2 80: 48 S [Hive OS 3.x]"},
           {"flags in order", events::Packet{tcp, ProbeType::stray_segment, 40, 0xff},
            "tcp(6) - 192.168.99.2 48774 10.1.0.2 80: 40 FSRPAUEC"},
           {"datagram", events::Packet{udp, ProbeType::datagram, 48},
            "udp(17) - 192.168.99.2 52744 10.1.0.2 9999: 48"},
           {"ping", events::Packet{icmp, ProbeType::echo_request, 84, 0, 8, 0},
            "icmp(1) - 192.168.99.2 10.1.0.2: 8(0): 84"},
           {"ping of a known system",
            events::Packet{icmp, ProbeType::echo_request, 84, 0, 8, 0, "Hive OS 3.x"},
            "icmp(1) - 192.168.99.2 10.1.0.2: 8(0): 84 [Hive OS 3.x]"}}) {
    SCOPED_TRACE(c.name);
    const std::string line = "2025-11-25-05:14:00.7066 " + c.line + "\n";
    EXPECT_EQ(written<HoneydPacketLog>({c.body}), c.line.empty()    ? ""
                                                  : line == started ? line
                                                                    : started + line);
  }
}

TEST(HoneydServiceLog, HasTheLinesOfHoneyd) {
  EXPECT_EQ(
      written<HoneydServiceLog>(
          {events::Note{tcp, {}, "sh web.sh", "GET /"}, events::Note{{}, {}, "spawner", "it died"},
           events::Note{tcp, {}, "sh web.sh", "x", ServiceExit{}},
           events::Note{tcp, {}, "sh web.sh", "killed by signal 11", ServiceExit{.signal = 11}}}),
      std::string(started) +
          "2025-11-25-05:14:00.7066 tcp(6) 192.168.99.2 48774 10.1.0.2 80: |GET /|\n"
          "2025-11-25-05:14:00.7066 tcp(6) 192.168.99.2 48774 10.1.0.2 80: "
          "|killed by signal 11|\n");
}

TEST(HoneydServiceLog, HasNoLineForSomeEvents) {
  using events::DaemonEvent;
  EXPECT_EQ(written<HoneydServiceLog>({events::Note{{}, {}, "spawner", "it died"}}), "");
  EXPECT_EQ(written<HoneydServiceLog>({events::Note{tcp, {}, "x", "y", ServiceExit{}}}), "");
  EXPECT_EQ(written<HoneydServiceLog>({DaemonEvent{DaemonEvent::Kind::reload, "x"}}), "");
  EXPECT_NE(written<HoneydServiceLog>({DaemonEvent{DaemonEvent::Kind::stop, "x"}}), "");
  EXPECT_NE(written<HoneydServiceLog>({events::Note{tcp, {}, "x", "y"}}), "");
}

TEST(HoneydLogs, SayTheOffsetOfTheirTimesAndWhenItChanges) {
  // Summer time ends at 01:00 UTC on 2025-10-26.
  setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  tzset();
  const Instant change{seconds{1'761'440'400}};
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/log";
  const auto read = [&] {
    std::ifstream file(path);
    return std::string{std::istreambuf_iterator<char>(file), {}};
  };
  const events::Note note{tcp, {}, "x", "y"};
  const auto events = [&](std::initializer_list<Duration> times) {
    std::vector<Event> all;
    EventIds ids(1);
    for (const Duration time : times) all.push_back({ids.next(change + time), change + time, note});
    return all;
  };
  HoneydServiceLog log(RotatingFile::open(path, {}, change).value());
  ASSERT_TRUE(writes_all(log, events({-seconds{1}, seconds{0}, seconds{1}})));
  const std::string line = " tcp(6) 192.168.99.2 48774 10.1.0.2 80: |y|\n";
  EXPECT_EQ(read(),
            "2025-10-26-02:59:59.0000 honeyd log started ------ UTC+02:00\n"
            "2025-10-26-02:59:59.0000" +
                line +
                "2025-10-26-02:00:00.0000 honeyd log started ------ UTC+01:00\n"
                "2025-10-26-02:00:00.0000" +
                line + "2025-10-26-02:00:01.0000" + line);
  ASSERT_TRUE(log.rotate(change + seconds{2}));
  ASSERT_TRUE(writes_all(log, events({seconds{3}})));
  EXPECT_EQ(read(),
            "2025-10-26-02:00:03.0000 honeyd log started ------ UTC+01:00\n"
            "2025-10-26-02:00:03.0000" +
                line);
}

}  // namespace
}  // namespace apiary

#include "sink/honeyd_logs.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

#include "posix/temporary_files.h"
#include "sink/syslog_sink.h"
#include "sink/write_wanted.h"

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

template <class Log>
std::string written(std::vector<record::What> all) {
  setenv("TZ", "UTC", 1);
  tzset();
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/log";
  Log log(RotatingFile::open(path, {}, at).value());
  std::vector<Record> records;
  for (record::What& what : all) records.push_back({{}, at, std::move(what)});
  EXPECT_TRUE(writes_all(log, records));
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(HoneydPacketLog, HasTheLinesOfHoneyd) {
  struct Case {
    const char* name;
    record::What what;
    std::string line;  // behind the time
  };
  using record::Daemon;
  for (const Case& c : std::vector<Case>{
           {"start", Daemon{Daemon::What::start, "x"}, "honeyd log started ------"},
           {"stop", Daemon{Daemon::What::stop, "x"}, "honeyd log stopped ------"},
           {"another deed of the daemon", Daemon{Daemon::What::reload, "x"}, ""},
           {"a request that is granted", record::Packet{tcp, ProbeType::handshake_begun, 60, 0x02},
            "tcp(6) S 192.168.99.2 48774 10.1.0.2 80"},
           {"told by its request", record::FlowStart{tcp, "x"}, ""},
           {"begins with a datagram", record::FlowStart{udp, "x"},
            "udp(17) S 192.168.99.2 52744 10.1.0.2 9999"},
           {"end", record::FlowEnd{.flow = tcp, .received_bytes = 4, .sent_bytes = 46},
            "tcp(6) E 192.168.99.2 48774 10.1.0.2 80: 4 46"},
           {"segment", record::Packet{tcp, ProbeType::connection_request, 60, 0x02},
            "tcp(6) - 192.168.99.2 48774 10.1.0.2 80: 60 S"},
           {"flags in order", record::Packet{tcp, ProbeType::stray_segment, 40, 0xff},
            "tcp(6) - 192.168.99.2 48774 10.1.0.2 80: 40 FSRPAUEC"},
           {"datagram", record::Packet{udp, ProbeType::datagram, 48},
            "udp(17) - 192.168.99.2 52744 10.1.0.2 9999: 48"},
           {"ping", record::Packet{icmp, ProbeType::echo_request, 84, 0, 8, 0},
            "icmp(1) - 192.168.99.2 10.1.0.2: 8(0): 84"}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(written<HoneydPacketLog>({c.what}),
              c.line.empty() ? "" : "2025-11-25-05:14:00.7066 " + c.line + "\n");
  }
}

TEST(HoneydServiceLog, HasTheLinesOfHoneyd) {
  EXPECT_EQ(written<HoneydServiceLog>({record::Note{tcp, {}, "sh web.sh", "GET /"},
                                       record::Note{{}, {}, "spawner", "it died"},
                                       record::Note{tcp, {}, "sh web.sh", "x", ServiceExit{}},
                                       record::Note{tcp, {}, "sh web.sh", "killed by signal 11",
                                                    ServiceExit{.signal = 11}}}),
            "2025-11-25-05:14:00.7066 tcp(6) 192.168.99.2 48774 10.1.0.2 80: |GET /|\n"
            "2025-11-25-05:14:00.7066 tcp(6) 192.168.99.2 48774 10.1.0.2 80: "
            "|killed by signal 11|\n");
}

TEST(SyslogTarget, IsASocketOrAHost) {
  const auto udp_target = parse_syslog_target("udp:logs.example.net");
  ASSERT_TRUE(udp_target);
  EXPECT_EQ(udp_target->where, "logs.example.net");
  EXPECT_EQ(udp_target->port, "514");
  EXPECT_EQ(parse_syslog_target("tcp:192.0.2.1:6514")->port, "6514");
  EXPECT_EQ(parse_syslog_target("unix:/dev/log")->where, "/dev/log");
  for (const char* const wrong : {"", "udp", "udp:", "logs", "unix:", "tls:x", "tcp::601"})
    EXPECT_FALSE(parse_syslog_target(wrong)) << wrong;
}

}  // namespace
}  // namespace apiary

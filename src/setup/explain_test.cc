#include "setup/explain.h"

#include <gtest/gtest.h>

#include <ctime>

#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

constexpr std::string_view systems = R"(Fingerprint Counting OS
SEQ(SP=0%GCD=FA00%ISR=9C%TI=I%CI=I%II=I%SS=S%TS=7)
OPS(O1=M5B4NW8NNT11%O2=M578NW8NNT11%O3=M280NW8NNT11%O4=M5B4NW8NNT11%O5=M218NW8NNT11%O6=M109NNT11)
WIN(W1=2000%W2=2000%W3=2000%W4=2000%W5=2000%W6=2000)
ECN(R=Y%DF=Y%T=80%W=2000%O=M5B4NW8%CC=N%Q=)
T1(R=Y%DF=Y%T=80%S=O%A=S+%F=AS%RD=0%Q=)
IE(DFI=N%T=80%CD=Z)
)";

constexpr std::string_view configuration = R"(create default
create counting
set counting personality "Counting OS"
set counting uptime 86400
set counting seed "first floor"
set counting droprate in 0.5
set counting droprate syn 20
set counting uid 32767 gid 32766
set counting maxfds 35
set counting spoof from 10.0.0.99
add counting tcp port 80-81 "sh web.sh $ipsrc"
add counting tcp port 22 proxy $ipsrc:22
set counting default tcp action reset
dynamic desk
add desk use counting if source ip = 192.168.0.0/16
bind 10.1.0.5 counting
bind 10.1.0.6 desk
bind 10.2.0.0/24 counting
route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55ms loss 10
route 10.1.0.1 link 10.1.0.0/24
route 10.1.0.1 add net 10.1.9.0/24 10.1.9.1 latency 5.5ms loss 50
route 10.1.9.1 link 10.1.9.0/24
route 10.0.0.1 unreach 10.3.0.0/16
route 10.0.0.1 add net 10.2.0.0/16 10.1.0.1
route 10.1.0.1 link 10.2.0.0/16
add desk use counting if source os = "Hive"
)";

constexpr Instant now{seconds{1'790'000'000}};

class ExplainTest : public ::testing::Test {
 protected:
  void SetUp() override {
    setenv("TZ", "UTC", 1);
    tzset();
    std::filesystem::current_path(folder.path());  // so that places are short
    folder.add("x.conf", configuration);
    folder.add("systems", systems);
  }
  void TearDown() override { std::filesystem::current_path(before); }

  std::string explained(std::string address, std::string protocol = "", std::string port = "",
                        std::string visitor = "192.0.2.1", int status = 0,
                        std::string visitor_system = "") {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(run_explain({.configuration = "x.conf",
                           .address = std::move(address),
                           .protocol = std::move(protocol),
                           .port = std::move(port),
                           .visitor = std::move(visitor),
                           .visitor_system = std::move(visitor_system),
                           .personalities = "systems",
                           .key = "a secret",
                           .allows_spoofing = true},
                          now),
              status);
    return ::testing::internal::GetCapturedStdout() + ::testing::internal::GetCapturedStderr();
  }

  std::filesystem::path before = std::filesystem::current_path();
  TemporaryFolder folder;
};

TEST_F(ExplainTest, PrintsAllFactsWithTheirLines) {
  EXPECT_EQ(explained("10.1.0.5", "tcp", "80"), R"(10.1.0.5
  template     counting                                                 x.conf:16:6
  personality  Counting OS                                              x.conf:3:26
  echo replies ttl 128
  SYN/ACK      S. ttl 128, DF, window 8192 <mss 1460,nop,wscale 8,nop,nop,TS val 8639777 ecr 1>
  ISN          a clock of about 741455 a second; Nmap sees SP=11 ISR=9C GCD=FA00
  IP IDs       counted in connections, counted in resets, counted in ICMP; one counter for both
  clock        100 ticks a second, 25.7 ppm slow
  uptime       86400 s when the daemon starts                           x.conf:4:21
  seed         its own                                                  x.conf:5:19
  drops        0.5% of received packets                                 x.conf:6:26
  drops        20% of connection requests                               x.conf:7:27
  programs     run as user 32767, group 32766                           x.conf:8:18
  programs     may open 35 files                                        x.conf:9:21
  answers      from 10.0.0.99 to the visitor                            x.conf:10:25
  path         10.0.0.1 after 0 ms, 0% lost                             x.conf:19:13
               10.1.0.1 after 55 ms, 10% lost                           x.conf:21:24
               10.1.0.5 after 55 ms, 10% lost; each way                 x.conf:22:21
  tcp 80       service "sh web.sh $ipsrc"                               x.conf:11:23
  user         32767, group 32766; needs --allow-uid
  sandbox      its own processes, IPC and host name; a network with nothing in it; no capabilities; no calls for tracing, mounts, keys, kernel modules
  limits       16 processes, 128M of memory, 600 s of processor time each, 3600 s in all, 35 open files, 256M of output
  held by      a control group where one can be had (apiary doctor), else resource limits
  writes       only to its own /tmp and /dev/shm; 16M each, files of up to 16M; all gone when it ends
  reads        programs and libraries of the system; )" +
                                                    folder.path() + " without x.conf\n");
}

TEST_F(ExplainTest, ShowsTheNameOfAHost) {
  folder.add("x.conf", "create a\nset a name \"www.example.org\"\nbind 10.0.0.5 a\n");
  EXPECT_NE(explained("10.0.0.5")
                .find("\n  name         www.example.org                            "
                      "              x.conf:2:12\n"),
            std::string::npos)
      << explained("10.0.0.5");
}

TEST_F(ExplainTest, ValuesComeFromTheKeyAndTheAddress) {
  EXPECT_EQ(explained("10.7.0.5"), R"(10.7.0.5
  template     default                                                  x.conf:1:8
  personality  generic
  echo replies ttl 64
  SYN/ACK      S. ttl 64, DF, window 64880 <mss 1460,sackOK,TS val 1466728741 ecr 1,nop,wscale 7>
  ISN          random; Nmap sees SP=104 ISR=108 GCD=1
  IP IDs       zero in connections, zero in resets, counted in ICMP
  clock        1000 ticks a second, 41.6 ppm slow
  booted       2026-09-04 14:46:50+00:00, 16 days ago
  path         10.0.0.1 after 0 ms, 0% lost                             x.conf:19:13
               10.0.0.1 answers: network unreachable
)");
  EXPECT_NE(explained("10.7.0.5"), explained("10.7.0.6"));
}

TEST_F(ExplainTest, PrintsWhatAnswersOnAPortAndWhy) {
  struct Case {
    std::string address, protocol, port, visitor, line;
  };
  for (
      const Case& c : {
          Case{
              "10.1.0.5", "tcp", "22", "192.0.2.1",
              R"(  tcp 22       proxy $ipsrc:22                                          x.conf:12:23)"},
          Case{
              "10.1.0.5", "tcp", "81", "192.0.2.1",
              R"(  tcp 81       service "sh web.sh $ipsrc"                               x.conf:11:23)"},
          Case{
              "10.1.0.5", "tcp", "443", "192.0.2.1",
              R"(  tcp 443      closed (the default)                                     x.conf:13:33)"},
          Case{"10.1.0.5", "udp", "53", "192.0.2.1",
               R"(  udp 53       closed (the default of all templates))"},
          Case{"10.1.0.5", "icmp", "", "192.0.2.1", R"(  icmp         open, no service)"},
          Case{
              "10.1.0.6", "tcp", "http", "192.168.0.9",
              R"(  tcp 80       service "sh web.sh $ipsrc"                               x.conf:11:23)"},
          Case{"10.1.0.7", "tcp", "22", "192.0.2.1",
               R"(  tcp 22       open, no service (the default of all templates))"},
      }) {
    SCOPED_TRACE(c.address + " " + c.protocol + " " + c.port);
    const std::string text = explained(c.address, c.protocol, c.port, c.visitor);
    const std::string before_rules = text.substr(0, text.find("\n  user "));
    EXPECT_TRUE(
        (before_rules + (before_rules.ends_with('\n') ? "" : "\n")).ends_with("\n" + c.line + "\n"))
        << text;
  }
}

TEST_F(ExplainTest, PrintsWhatAVisitorOfASystemMeets) {
  const auto line = [this](const std::string& system) {
    const std::string text = explained("10.1.0.6", "tcp", "80", "192.0.2.1", 0, system);
    const std::size_t at = text.find("  for visitor");
    return text.substr(at, text.find('\n', at) - at);
  };
  EXPECT_EQ(line("Hive 3.x"), "  for visitor  192.0.2.1: counting");
  EXPECT_EQ(line(""), "  for visitor  192.0.2.1: none: no condition applies");
}

TEST_F(ExplainTest, PrintsThePathOrWhyThereIsNone) {
  const auto path_of = [this](const std::string& address) {
    const std::string text = explained(address);
    return text.substr(text.find("  path"));
  };
  EXPECT_EQ(path_of("10.1.9.7"),
            R"(  path         10.0.0.1 after 0 ms, 0% lost                             x.conf:19:13
               10.1.0.1 after 55 ms, 10% lost                           x.conf:21:24
               10.1.9.1 after 60.5 ms, 55% lost                         x.conf:23:24
               10.1.9.7 after 60.5 ms, 55% lost; each way               x.conf:24:21
)");
  EXPECT_EQ(path_of("10.3.0.1"),
            R"(  path         10.0.0.1 after 0 ms, 0% lost                             x.conf:19:13
               10.0.0.1 answers: network unreachable                    x.conf:25:24
)");
  EXPECT_EQ(path_of("10.2.0.7"),
            R"(  path         10.0.0.1 after 0 ms, 0% lost                             x.conf:19:13
               10.1.0.1 after 0 ms, 0% lost                             x.conf:26:24
               10.2.0.7 after 0 ms, 0% lost; each way                   x.conf:27:21
)");
}

TEST_F(ExplainTest, ReportsInvalidOptions) {
  EXPECT_EQ(explained("10.0.0", "", "", "192.0.2.1", 1), "'10.0.0' is not an IPv4 address\n");
  EXPECT_EQ(explained("10.1.0.5", "sctp", "", "192.0.2.1", 1),
            "invalid value 'sctp': use one of tcp, udp, icmp\n");
  EXPECT_EQ(explained("10.1.0.5", "tcp", "", "192.0.2.1", 1),
            "missing port: use, for example, tcp 80\n");
  EXPECT_EQ(explained("10.1.0.5", "tcp", "80-90", "192.0.2.1", 1),
            "a range of ports: give one port\n");
}

}  // namespace
}  // namespace apiary

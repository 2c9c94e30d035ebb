#include "run_script.h"

#include <gtest/gtest.h>

namespace apiary::script {
namespace {

constexpr std::string_view world =
    "config\n"
    "create host\n"
    "set host default tcp action reset\n"
    "add host tcp port 23 \"cat\"\n"
    "bind 10.0.0.5 host\n"
    "end\n"
    "flow 192.0.2.1:4000 > 10.0.0.5:22\n"
    "flow open = 192.0.2.1:4000 > 10.0.0.5:23\n";

/// Runs `steps` with that set-up. Returns "" or the message without its first word.
std::string result_of(std::string_view steps) {
  const auto result = run_script(std::string(world) + std::string(steps));
  return result ? "passed" : result.error();
}

constexpr std::string_view handshake =
    "+0 < open: S 1000:1000(0) win 1024\n"
    "+0 > open: S. 0:0(0) ack 1001 <...>\n"
    "+0 < open: . 1001:1001(0) ack 1\n"
    "+0 service open: opens \"cat\"\n";

TEST(RunScript, passes_when_all_is_as_expected) {
  EXPECT_EQ(result_of("+0 < S 1000:1000(0) win 1024\n"
                      "+0 > R. 0:0(0) ack 1001 win 0\n"
                      "+1 no reply\n"),
            "passed");
  EXPECT_EQ(result_of(std::string(handshake) + "+0 < open: P. 1001:1004(3) ack 1 \"abc\"\n"
                                               "+0 service open: gets \"abc\"\n"
                                               "+0~+1 > open: . 1:1(0) ack 1004\n"
                                               "+0 service open: says \"hello\"\n"
                                               "+0 > open: P. 1:6(5) ack 1004 \"hello\"\n"
                                               "+0 < open: . 1004:1004(0) ack 6\n"),
            "passed");
}

TEST(RunScript, fails_with_both_packets_when_another_one_came) {
  const std::string result = result_of(
      "+0 < S 1000:1000(0) win 1024\n"
      "+0 > R. 0:0(0) ack 1002 win 0\n");
  EXPECT_NE(result.find("line 10: it acknowledges 1001"), std::string::npos) << result;
  EXPECT_NE(result.find("10.0.0.5:22 > 192.0.2.1:4000: (ttl "), std::string::npos) << result;
  EXPECT_NE(result.find("R. 0:0(0) ack 1001 win 0"), std::string::npos) << result;
  EXPECT_NE(result.find("script    +0 > R. 0:0(0) ack 1002 win 0"), std::string::npos) << result;
}

TEST(RunScript, fails_where_the_conversation_differs) {
  struct Case {
    const char* name;
    std::string steps;
    std::string_view expected;
  };
  const std::string syn = "+0 < S 1000:1000(0) win 1024\n", all = std::string(handshake);
  for (const Case& c : {
           Case{"nothing was sent", "+0.5 > R. 0:0(0)\n", "nothing was sent until 0.500000"},
           Case{"too early", syn + "+0.5 > R. 0:0(0) ack 1001 win 0\n",
                "it was sent 0.500000 s too early"},
           Case{"left at the end", syn, "at the end: this was sent and no line expects it"},
           Case{"no reply expected", syn + "+0 no reply\n", "this was sent and no line expects it"},
           Case{"flags", syn + "+0 > S. 0:0(0) ack 1001\n", "its flags are R."},
           Case{"sequence", syn + "+0 > R. 5:5(0) ack 1001\n", "it starts at 0"},
           Case{"window", syn + "+0 > R. 0:0(0) ack 1001 win 7\n", "its window is 0"},
           Case{"options", syn + "+0 > R. 0:0(0) ack 1001 win 0 <mss 5>\n", "its options differ"},
           Case{"ttl", syn + "+0 > (ttl 7) R. 0:0(0) ack 1001 win 0\n", "its ttl is "},
           Case{"protocol", syn + "+0 > udp (0)\n", "its protocol differs"},
           Case{"ports", syn + "+0 > open: R. 0:0(0) ack 1001\n", "its ports differ"},
           Case{"source", syn + "+0 > 10.0.0.6:22 > 192.0.2.1:4000: R. 0:0(0) ack 1001\n",
                "its source is 10.0.0.5"},
           Case{"time goes back", syn + "+0 > R. 0:0(0) ack 1001\n1 no reply\n0.5 no reply\n",
                "it is already 1.000000"},
           Case{"no such flow", "+0 < nobody: S 0:0(0)\n", "the packet needs a flow"},
           Case{"ARP without a link", "+0 < arp who-has 10.0.0.5 tell 192.0.2.1\n",
                "ARP needs 'link ethernet'"},
           Case{"dropped otherwise",
                "+0 < open: S 1:1(0) bad checksum\n+0 dropped bad_checksum 2\n",
                "dropped as bad_checksum: 1"},
           Case{"service not opened", "+0 service open: says \"a\"\n",
                "the service of this flow was not opened"},
           Case{"a message that the service did not get", all + "+0 service open: closes\n",
                "the service got no such message"},
           Case{"another command",
                "+0 < open: S 1000:1000(0)\n+0 > open: S. 0:0(0) ack 1001 <...>\n+0 < open: . "
                "1001:1001(0) ack 1\n+0 service open: opens \"dog\"\n",
                "the service is \"cat\""},
           Case{"other input",
                all + "+0 < open: P. 1001:1004(3) ack 1 \"abc\"\n+0 service open: gets \"abd\"\n",
                "the service got 3 bytes: \"abc\""},
           Case{"input that no line expects",
                all + "+0 < open: P. 1001:1004(3) ack 1 \"abc\"\n+0~+1 > open: . 1:1(0) ack 1004\n",
                "the service got 3 bytes that no line expects: \"abc\""},
           Case{"other output",
                all + "+0 service open: says \"hello\"\n+0 > open: P. 1:6(5) ack 1001 \"jello\"\n",
                "it says \"hello\""},
           Case{"too much output", all + "+0 service open: says 1000000000\n",
                "the service may send only "},
       }) {
    SCOPED_TRACE(c.name);
    const std::string result = result_of(c.steps);
    EXPECT_NE(result.find(c.expected), std::string::npos) << result;
  }
}

TEST(RunScript, reports_errors_of_the_configuration) {
  const auto result = run_script("config\ncreate host\nbind 10.0.0.5 hots\nend\n+0 no reply\n");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().find("config:2:"), std::string::npos) << result.error();
  EXPECT_NE(result.error().find("hots"), std::string::npos) << result.error();
}

}  // namespace
}  // namespace apiary::script

#include "parse_script.h"

#include <gtest/gtest.h>

#include "wire/tcp.h"

namespace apiary::script {
namespace {

std::string error_of(std::string_view text) {
  const auto script = parse_script(text);
  return script ? "none" : script.error();
}

TEST(ParseScript, reports_the_place_of_an_error_and_what_was_expected) {
  struct Case {
    const char* name;
    std::string_view text, expected;
  };
  for (const Case& c : {
           Case{"empty", "// nothing\n", "the script has no steps"},
           Case{"unknown setting", "\nflows 1.2.3.4\n",
                "line 2, column 1: expected a time, or config, fingerprints, flow, link, network, "
                "mtu, arp, "
                "claim, limit or seed"},
           Case{"config without end", "config\ncreate a\n",
                "line 1, column 1: expected a line 'end' after this block"},
           Case{"flow of one end", "flow 192.0.2.1:1 >\n",
                "line 1, column 19: expected an IP address"},
           Case{"port too large", "flow 192.0.2.1:65536 > 10.0.0.5:1\n",
                "line 1, column 16: expected a port (a number up to 65535)"},
           Case{"no action", "+0\n",
                "line 1, column 3: expected '<', '>', 'no reply', 'dropped' or 'service'"},
           Case{"unknown drop reason", "+0 dropped lost 1\n",
                "line 1, column 16: expected the name of a drop reason, such as bad_checksum"},
           Case{"bad time", "+0.0x < S 0:0(0)\n",
                "line 1, column 6: expected a time in seconds, such as 0.020"},
           Case{"times backwards", "+0.2~+0.1 > S 0:0(0)\n",
                "line 1, column 10: expected a range of times in order"},
           Case{"mixed times", "+0.2~0.3 > S 0:0(0)\n",
                "line 1, column 6: expected two times of the same kind"},
           Case{"unknown flag", "+0 < SX 0:0(0)\n",
                "line 1, column 6: expected TCP flags (S F R P . U E W, or -), icmp, udp, arp or "
                "bytes"},
           Case{"no sequence", "+0 < S\n",
                "line 1, column 7: expected a sequence range such as 1000:1000(0) (a number up to "
                "4294967295)"},
           Case{"wrong length", "+0 < . 1:5(3)\n",
                "line 1, column 14: expected a length that is the range's"},
           Case{"wrong text", "+0 < . 1:5(4) ack 1 \"abc\"\n",
                "line 1, column 26: expected text as long as the range"},
           Case{"unknown option", "+0 < S 0:0(0) <mms 1460>\n",
                "line 1, column 19: expected mss, nop, wscale, sackOK, sack, TS, eol, opt or bad"},
           Case{"option list left open", "+0 < S 0:0(0) <mss 1460\n",
                "line 1, column 24: expected ','"},
           Case{"something behind", "+0 < S 0:0(0) win 5 wscale 7\n",
                "line 1, column 21: expected the end of the packet"},
           Case{"unknown ICMP type", "+0 < icmp echo\n",
                "line 1, column 11: expected an ICMP type such as echo_request"},
           Case{"unreachable what", "+0 < icmp destination_unreachable\n",
                "line 1, column 34: expected network, host, protocol, port or code"},
           Case{"quotation left open", "+0 > icmp time_exceeded [abc\n",
                "line 1, column 29: expected ']'"},
           Case{"odd hexadecimal", "+0 < bytes 45000\n",
                "line 1, column 17: expected bytes of two hexadecimal digits each"},
           Case{"fragments of odd size",
                "+0 < icmp echo_request id 1 seq 1 (99) in fragments of 20\n",
                "line 1, column 58: expected a multiple of 8"},
           Case{"unknown service step", "+0 service sings\n",
                "line 1, column 12: expected connects, 'connection fails', opens, gets, says, "
                "'input ends', ends, fails or "
                "closes"},
           Case{"text left open", "+0 service says \"a\n",
                "line 1, column 19: expected a closing double quote"},
           Case{"unknown limit", "limit honey 5\n",
                "line 1, column 7: expected the name of a limit (host/limits.h)"},
           Case{"bad claim", "claim ten\n",
                "line 1, column 7: expected an address, a prefix or a range"},
           Case{"bad ttl", "+0 < (ttl 256) S 0:0(0)\n",
                "line 1, column 11: expected a TTL (a number up to 255)"},
       }) {
    SCOPED_TRACE(c.name);
    const std::string error = error_of(c.text);
    EXPECT_EQ(error.substr(0, error.find('\n')), c.expected);
  }
}

TEST(ParseScript, points_at_the_place) {
  EXPECT_EQ(error_of("+0 < S 1000:1001(0)\n"),
            "line 1, column 20: expected a length that is the range's\n"
            "    +0 < S 1000:1001(0)\n"
            "                       ^");
}

TEST(ParseScript, reads_settings_blocks_and_flows) {
  const auto script = parse_script(
      "// what it shows\n"
      "config\n"
      "create default  // kept as it is\n"
      "end\n"
      "link ethernet\n"
      "arp force\n"
      "mtu 576\n"
      "claim 10.0.0.5-10.0.0.9\n"
      "limit half_open_connections 2\n"
      "flow 192.0.2.1:4000 > 10.0.0.5:23\n"
      "flow other = 192.0.2.2 > 10.0.0.6  // no ports\n"
      "+0 no reply\n");
  ASSERT_TRUE(script) << script.error();
  EXPECT_EQ(script->configuration, "create default  // kept as it is\n");
  EXPECT_EQ(script->interface().link_layer, LinkLayer::ethernet);
  EXPECT_EQ(script->interface().mtu_bytes, 576u);
  EXPECT_EQ(script->settings.arp, ArpMode::force);
  EXPECT_EQ(script->settings.claimed.size(), 5u);
  EXPECT_EQ(script->settings.limits.half_open_connections, 2u);
  ASSERT_EQ(script->flows.size(), 2u);
  EXPECT_EQ(to_string(script->flows[0].key.local), "10.0.0.5:23");
  EXPECT_EQ(script->flows[1].name, "other");
  EXPECT_EQ(to_string(script->flows[1].key.remote), "192.0.2.2:0");
}

PacketPattern packet_of(std::string_view line) {
  const auto script = parse_script(line);
  EXPECT_TRUE(script) << (script ? "" : script.error());
  return script ? std::get<InjectPacket>(script->steps.front().action).packet : PacketPattern{};
}

TEST(ParseScript, reads_tcp_lines) {
  const PacketPattern packet = packet_of(
      "+0 < other: (ttl 3, DF) S.E 10:13(3) ack 7 win 5 urg 1 "
      "<mss 1460,nop,TS val 1 ecr *,sack 1:2 3:4,opt 14 01> \"a\\n\\x41\" bad checksum\n");
  EXPECT_EQ(packet.flow, "other");
  EXPECT_EQ(packet.ip.ttl, 3);
  EXPECT_EQ(packet.ip.dont_fragment, true);
  EXPECT_TRUE(packet.bad_checksum);
  const auto& tcp = std::get<TcpPattern>(packet.content);
  EXPECT_EQ(tcp.flags, tcp_flag::syn | tcp_flag::ack | tcp_flag::ece);
  EXPECT_EQ(tcp.sequence, 10u);
  EXPECT_EQ(tcp.length, 3u);
  EXPECT_EQ(tcp.acknowledgment, 7u);
  EXPECT_EQ(tcp.window, 5);
  EXPECT_EQ(tcp.urgent_pointer, 1);
  EXPECT_EQ(tcp.text, "a\nA");
  ASSERT_EQ(tcp.options.size(), 5u);
  EXPECT_FALSE(tcp.options[2].numbers[1].has_value());
  EXPECT_EQ(tcp.options[3].numbers.size(), 4u);
  EXPECT_EQ(tcp.options[4].raw, (std::vector<std::uint8_t>{14, 3, 1}));
}

TEST(ParseScript, reads_addresses_in_place_of_a_flow) {
  const PacketPattern tcp = packet_of("+0 < 192.0.2.1:4000 > 10.0.0.5:23: . 1:1(0) ack 1\n");
  ASSERT_TRUE(tcp.ends);
  EXPECT_EQ(to_string(tcp.ends->source), "192.0.2.1:4000");
  const PacketPattern icmp =
      packet_of("+0 < 192.0.2.1 > 10.0.0.5: icmp type 13 code 2 rest 9 (3)\n");
  ASSERT_TRUE(icmp.ends);
  EXPECT_EQ(to_string(icmp.ends->destination), "10.0.0.5:0");
  EXPECT_EQ(std::get<IcmpPattern>(icmp.content).rest, 9u);
}

TEST(ParseScript, reads_times) {
  struct Case {
    std::string_view text;
    bool relative;
    Duration earliest, latest;
  };
  for (const Case& c :
       {Case{"+0.02", true, milliseconds{20}, milliseconds{20}},
        Case{"1.5", false, milliseconds{1500}, milliseconds{1500}}, Case{"+.5~+1", true, {}, {}},
        Case{"+0.9~+1.1", true, milliseconds{900}, milliseconds{1100}},
        Case{"1~2.000000001", false, seconds{1}, seconds{2} + nanoseconds{1}},
        Case{"*", true, {}, hours{24}}}) {
    SCOPED_TRACE(c.text);
    const auto script = parse_script(std::string(c.text) + " no reply\n");
    if (c.text.starts_with("+.")) {
      EXPECT_FALSE(script) << "a digit comes first";
      continue;
    }
    ASSERT_TRUE(script) << script.error();
    const StepTime& time = script->steps[0].time;
    EXPECT_EQ(time.relative, c.relative);
    EXPECT_EQ(time.earliest, c.earliest);
    EXPECT_EQ(time.latest, c.latest);
  }
}

}  // namespace
}  // namespace apiary::script

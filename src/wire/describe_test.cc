#include "wire/describe.h"

#include <gtest/gtest.h>

#include "wire/describe_quote.h"
#include "wire/testing/test_bytes.h"

namespace apiary {
namespace {

/// An IPv4 datagram from 192.0.2.1 to 10.0.0.5 around `payload`.
std::vector<std::uint8_t> datagram(std::uint8_t protocol, std::string_view payload,
                                   IpDatagram header = {}) {
  const auto bytes = from_hex(payload);
  header.source = IpAddress::v4(192, 0, 2, 1);
  header.destination = IpAddress::v4(10, 0, 0, 5);
  header.protocol = protocol;
  std::vector<std::uint8_t> whole(20);
  whole.insert(whole.end(), bytes.begin(), bytes.end());
  emit_ip_header(header, bytes.size(), whole);
  return whole;
}

TEST(Describe, spells_packets_as_scripts_do) {
  struct Case {
    const char* name;
    std::uint8_t protocol;
    std::string_view payload, expected;
  };
  for (const Case& c : {
           Case{"SYN", 6,
                "0fa0 0017 000003e8 00000000 a002 0400 0000 0000 020405b4 0402 "
                "080a0000000100000000 01 030307",
                "192.0.2.1:4000 > 10.0.0.5:23: S 1000:1000(0) win 1024 <mss 1460,sackOK,TS val 1 "
                "ecr 0,nop,wscale 7>"},
           Case{"data", 6, "0fa0 0017 000003e9 00000001 5018 0400 0000 0000 6869",
                "192.0.2.1:4000 > 10.0.0.5:23: P. 1001:1003(2) ack 1 win 1024"},
           Case{"all flags", 6, "0fa0 0017 00000001 00000002 5fff 0400 0000 0007",
                "192.0.2.1:4000 > 10.0.0.5:23: SFRP.UEW 1:1(0) ack 2 win 1024 urg 7 reserved 15"},
           Case{"no flags", 6, "0fa0 0017 00000001 00000000 5000 0000 0000 0000",
                "192.0.2.1:4000 > 10.0.0.5:23: - 1:1(0) win 0"},
           Case{"ack number without the flag", 6, "0fa0 0017 00000001 00000005 5004 0000 0000 0000",
                "192.0.2.1:4000 > 10.0.0.5:23: R 1:1(0) ack 5 win 0"},
           Case{"options past the end", 6, "0fa0 0017 00000001 00000000 6002 0000 0000 0000",
                "192.0.2.1 > 10.0.0.5: tcp undecodable: bad TCP data offset (20) 0f a0 00 17 00 00 "
                "00 01 00 00 00 00 60 02 00 00 00 00 00 00"},
           Case{"UDP", 17, "0fa0 0035 000a 0000 aabb",
                "192.0.2.1:4000 > 10.0.0.5:53: udp (2) no checksum"},
           Case{
               "UDP of a bad length", 17, "0fa0 0035 0003 0000",
               "192.0.2.1 > 10.0.0.5: udp undecodable: bad UDP length (8) 0f a0 00 35 00 03 00 00"},
           Case{"echo request", 1, "0800 0000 0001 0002 aabb",
                "192.0.2.1 > 10.0.0.5: icmp echo_request id 1 seq 2 (2)"},
           Case{"echo reply", 1, "0000 0000 ffff 0002",
                "192.0.2.1 > 10.0.0.5: icmp echo_reply id 65535 seq 2 (0)"},
           Case{"timestamp request", 1, "0d00 0000 0001 0002 aabb",
                "192.0.2.1 > 10.0.0.5: icmp type 13 rest 65538 (2)"},
           Case{"half an ICMP header", 1, "0800",
                "192.0.2.1 > 10.0.0.5: icmp undecodable: truncated (2) 08 00"},
           Case{"GRE", 47, "00000800", "192.0.2.1 > 10.0.0.5: ip-proto-47 (4)"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(describe_frame(datagram(c.protocol, c.payload), LinkLayer::raw_ip,
                             {.check_checksums = false}),
              c.expected);
  }
}

TEST(Describe, says_when_a_transport_checksum_is_bad) {
  EXPECT_EQ(describe_frame(datagram(1, "0800 f7fc 0001 0002"), LinkLayer::raw_ip),
            "192.0.2.1 > 10.0.0.5: icmp echo_request id 1 seq 2 (0)");
  EXPECT_EQ(describe_frame(datagram(1, "0800 f7fd 0001 0002"), LinkLayer::raw_ip),
            "192.0.2.1 > 10.0.0.5: icmp echo_request id 1 seq 2 (0) bad checksum");
}

TEST(Describe, prints_the_attributes_of_ip_when_asked) {
  struct Case {
    const char* name;
    IpDatagram header;
    std::string_view expected;
  };
  for (const Case& c : {
           Case{"plain", {.hop_limit = 64, .identification = 7}, "(ttl 64, id 7)"},
           Case{"DF", {.hop_limit = 1, .dont_fragment = true}, "(ttl 1, id 0, DF)"},
           Case{"odd",
                {.hop_limit = 255, .traffic_class = 4, .reserved_flag = true},
                "(ttl 255, id 0, reserved, tos 4)"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(
        describe_frame(datagram(47, "", c.header), LinkLayer::raw_ip, {.ip_attributes = true}),
        "192.0.2.1 > 10.0.0.5: " + std::string(c.expected) + " ip-proto-47 (0)");
  }
}

TEST(Describe, prints_where_a_fragment_lies) {
  IpDatagram header;
  header.more_fragments = true;
  EXPECT_EQ(describe_frame(datagram(1, "0102030405060708", header), LinkLayer::raw_ip),
            "192.0.2.1 > 10.0.0.5: icmp fragment 8@0+");
  header.more_fragments = false;
  header.fragment_offset_bytes = 1480;
  EXPECT_EQ(describe_frame(datagram(17, "010203", header), LinkLayer::raw_ip),
            "192.0.2.1 > 10.0.0.5: udp fragment 3@1480");
}

TEST(Describe, counts_sequence_numbers_from_a_given_one) {
  TcpSegment segment;
  segment.sequence = {5};
  segment.acknowledgment = {1001};
  segment.flags = tcp_flag::ack;
  const auto sack = from_hex("0101 050a 000003ea 000003eb");
  segment.options = sack;
  EXPECT_EQ(describe(segment, {.sequence_base = {0xfffffffe}, .acknowledgment_base = {1000}}),
            ". 7:7(0) ack 1 win 0 <nop,nop,sack 2:3>");
}

TEST(DescribeTcpOptions, prints_malformed_options) {
  struct Case {
    const char* name;
    std::string_view bytes, expected;
  };
  for (const Case& c : {
           Case{"none", "", ""},
           Case{"end and what follows", "0000", "eol,eol"},
           Case{"unknown", "0e0301", "opt 14 01"},
           Case{"unknown and empty", "0e02", "opt 14 "},
           Case{"mss of a wrong length", "0203ff", "opt 2 ff"},
           Case{"length 0", "01 0200ff", "nop,bad 0200ff"},
           Case{"length 255", "02ff05b4", "bad 02ff05b4"},
           Case{"kind alone", "01 08", "nop,bad 08"},
           Case{"five sack blocks",
                "052a 0000000100000002 0000000300000004 0000000500000006 0000000700000008 "
                "000000090000000a",
                "opt 5 "
                "0000000100000002000000030000000400000005000000060000000700000008000000090000000a"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(describe_tcp_options(from_hex(c.bytes)), c.expected);
  }
}

TEST(DescribeQuote, goes_as_far_as_the_quotation_does) {
  struct Case {
    const char* name;
    std::string_view bytes, expected;
  };
  for (const Case& c : {
           Case{"nothing", "", "(0)"},
           Case{"half a header", "4500001c", "(4)"},
           Case{"a header alone", "4500001c 00004000 4006 0000 c0000201 0a000005",
                "192.0.2.1 > 10.0.0.5: (ttl 64, id 0, DF) ip-proto-6 (0)"},
           Case{"eight bytes of TCP",
                "45000028 00070000 0106 0000 c0000201 0a000005 0fa00017 000003e8",
                "192.0.2.1:4000 > 10.0.0.5:23: (ttl 1, id 7) tcp seq 1000"},
           Case{"a TCP header",
                "45000028 00070000 0106 0000 c0000201 0a000005 0fa00017 000003e8 00000000 5002 "
                "0400 0000 0000",
                "192.0.2.1:4000 > 10.0.0.5:23: (ttl 1, id 7) S 1000:1000(0) win 1024"},
           Case{"UDP", "4500001c 00070000 0111 0000 c0000201 0a000005 0fa08235 00140000 aabb",
                "192.0.2.1:4000 > 10.0.0.5:33333: (ttl 1, id 7) udp (2)"},
           Case{"echo request", "4500001c 00070000 0101 0000 c0000201 0a000005 0800f7fc 00010002",
                "192.0.2.1 > 10.0.0.5: (ttl 1, id 7) icmp echo_request id 1 seq 2 (0)"},
           Case{"an error in an error",
                "4500001c 00070000 0101 0000 c0000201 0a000005 0300f7fc 00000000",
                "192.0.2.1 > 10.0.0.5: (ttl 1, id 7) ip-proto-1 (8)"},
           Case{"a header that says it is longer",
                "4f00001c 00070000 0106 0000 c0000201 0a000005 0fa00017",
                "192.0.2.1 > 10.0.0.5: (ttl 1, id 7, options 4) ip-proto-6 (0)"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(describe_quote(from_hex(c.bytes)), c.expected);
  }
}

TEST(Describe, prints_errors_with_what_they_quote) {
  EXPECT_EQ(
      describe_frame(
          datagram(
              1,
              "0b00 0000 00000000 4500001c 00070000 0111 0000 c0000201 0a000005 0fa08235 00080000"),
          LinkLayer::raw_ip, {.check_checksums = false}),
      "192.0.2.1 > 10.0.0.5: icmp time_exceeded [192.0.2.1:4000 > 10.0.0.5:33333: (ttl 1, id 7) "
      "udp (0)]");
  EXPECT_EQ(describe(IcmpMessage{3, 3, 0, {}}), "destination_unreachable port [(0)]");
  EXPECT_EQ(describe(IcmpMessage{3, 13, 5, {}}), "destination_unreachable code 13 rest 5 [(0)]");
}

TEST(Describe, prints_reason_and_first_bytes_of_the_unreadable) {
  EXPECT_EQ(describe_frame({}, LinkLayer::raw_ip), "undecodable: truncated (0) ");
  EXPECT_EQ(describe_frame(from_hex("4500 0014"), LinkLayer::raw_ip),
            "undecodable: truncated (4) 45 00 00 14");
  EXPECT_EQ(describe_frame(from_hex("6500 0014"), LinkLayer::raw_ip),
            "undecodable: IPv6 is not supported yet (4) 65 00 00 14");
  const std::vector<std::uint8_t> zeros(100);
  EXPECT_EQ(describe_frame(zeros, LinkLayer::raw_ip),
            "undecodable: bad IP version (100) 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ...");
}

}  // namespace
}  // namespace apiary

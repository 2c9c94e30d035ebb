#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "personality/reply.h"
#include "personality/testing/compile_entry.h"
#include "wire/checksum.h"
#include "wire/quoted_header.h"
#include "wire/udp.h"

namespace apiary {
namespace {

constexpr Instant start{seconds{1'790'000'000}};
constexpr std::uint8_t received_ttl = 50;

/// The datagram of Nmap's U1 as the host receives it after some hops.
class Datagram {
 public:
  explicit Datagram(std::size_t data_bytes = 300) : udp_(8 + data_bytes), whole_(28 + data_bytes) {
    const std::vector<std::uint8_t> data(data_bytes, 'C');
    parsed_ = {.source = IpAddress::v4(192, 0, 2, 1),
               .destination = IpAddress::v4(10, 0, 0, 1),
               .protocol = 17,
               .hop_limit = 60,
               .identification = 0x1042};
    emit_udp({.source_port = {40000}, .destination_port = {33000}, .payload = data}, parsed_.source,
             parsed_.destination, udp_);
    emit_ip_header(parsed_, udp_.size(), whole_);
    std::ranges::copy(udp_, whole_.begin() + 20);
    parsed_.payload = udp_;
    parsed_.whole = whole_;
    parsed_.hop_limit = received_ttl;
  }
  const IpDatagram& parsed() const { return parsed_; }
  const wire::UdpHeader udp() const { return wire::read<wire::UdpHeader>(udp_); }

 private:
  std::vector<std::uint8_t> udp_, whole_;
  IpDatagram parsed_;
};

struct Report {
  IcmpErrorShape shape;
  std::vector<std::uint8_t> quotation;
  QuotedHeader ip;
  wire::UdpHeader udp;
  bool has_good_ip_checksum = false;
};

std::optional<Report> report(std::string_view attributes, const Datagram& datagram = Datagram{}) {
  const Personality personality = personality_of("U1(" + std::string(attributes) + ")");
  StackState stack(personality, 1, start);
  const auto shape = answer_closed_udp(personality, stack, datagram.parsed(), start);
  if (!shape) return std::nullopt;
  Report result{.shape = *shape,
                .quotation = std::vector<std::uint8_t>(shape->quoted_bytes),
                .ip = {},
                .udp = {}};
  quote_datagram(personality, datagram.parsed(), result.quotation);
  result.ip = read_quoted_header(result.quotation).value();
  result.udp = wire::read<wire::UdpHeader>(Bytes(result.quotation).subspan(20));
  result.has_good_ip_checksum = internet_checksum(Bytes(result.quotation).first(20)) == 0;
  return result;
}

TEST(ReplyIcmpTest, AnErrorHasTheFieldsOfU1) {
  EXPECT_FALSE(report("R=N"));
  EXPECT_TRUE(report("DF=Y")->shape.icmp.ip.dont_fragment);
  EXPECT_FALSE(report("DF=N")->shape.icmp.ip.dont_fragment);
  EXPECT_EQ(report("T=FA-104")->shape.icmp.ip.ttl, 255);
  EXPECT_EQ(report("TG=20")->shape.icmp.ip.ttl, 32);
  EXPECT_EQ(report("UN=128")->shape.unused, 0x128U);
  EXPECT_EQ(report("UN=0")->shape.icmp.code, icmp_unreachable::port);
}

TEST(ReplyIcmpTest, AnErrorQuotesTheLengthOfIpl) {
  struct Case {
    const char* name;
    const char* attributes;
    std::size_t data_bytes, quoted;
  };
  for (const Case& c : {
           Case{"a header and eight bytes", "IPL=38", 300, 28},
           Case{"some more", "IPL=70", 300, 84},
           Case{"a shorter datagram, without padding", "IPL=70", 10, 38},
           Case{"all", "IPL=164", 300, 328},
           Case{"all of a longer one", "IPL=164", 400, 428},
           Case{"but at most 548 bytes", "IPL=164", 1400, 548},
           Case{"a shorter datagram, with padding", "IPL=240", 300, 548},
           Case{"without IPL", "UN=0", 300, 28},
       }) {
    SCOPED_TRACE(c.name);
    const auto made = report(c.attributes, Datagram(c.data_bytes));
    EXPECT_EQ(made->shape.quoted_bytes, c.quoted);
    EXPECT_EQ(made->quotation.size() > 28, made->quotation.back() == 'C');
  }
}

TEST(ReplyIcmpTest, AQuotationHasTheErrorsOfU1) {
  const Datagram datagram;
  const auto honest = report("IPL=164%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G", datagram);
  EXPECT_EQ(honest->ip.total_length_bytes, 328);
  EXPECT_EQ(honest->ip.identification, 0x1042);
  EXPECT_EQ(honest->ip.ttl, received_ttl);
  EXPECT_TRUE(honest->has_good_ip_checksum);
  EXPECT_EQ(honest->udp.checksum, datagram.udp().checksum);
  EXPECT_EQ(honest->quotation[28], 'C');

  EXPECT_EQ(report("RIPL=15C")->ip.total_length_bytes, 348);
  EXPECT_EQ(report("RIPL=134")->ip.total_length_bytes, 308);
  EXPECT_EQ(report("RIPL=4801")->ip.total_length_bytes, 0x4801);
  EXPECT_EQ(report("RIPL=3401")->ip.total_length_bytes, 0x3401);
  EXPECT_EQ(report("RIPL=4E4")->ip.total_length_bytes, 0x4e4);
  EXPECT_EQ(report("RID=4210")->ip.identification, 0x4210);
  EXPECT_EQ(report("RID=0")->ip.identification, 0);
  EXPECT_EQ(report("RIPCK=Z")->ip.checksum, 0);
  EXPECT_FALSE(report("RIPCK=I")->has_good_ip_checksum);
  EXPECT_NE(report("RIPCK=I")->ip.checksum, 0);
  EXPECT_EQ(report("RUCK=0")->udp.checksum, 0);
  EXPECT_EQ(report("RUCK=8582")->udp.checksum, 0x8582);
  EXPECT_NE(report("IPL=164%RUD=I")->quotation[28], 'C');
}

TEST(ReplyIcmpTest, ErrorsFollowTheDatagramAndNotTheProbe) {
  const Datagram other(100);
  EXPECT_EQ(report("RIPL=134", other)->ip.total_length_bytes, 128 - 20);
  EXPECT_EQ(report("RIPL=4801", other)->ip.total_length_bytes, 0x8000);
  EXPECT_TRUE(report("RIPL=134%RIPCK=G", other)->has_good_ip_checksum);
}

TEST(ReplyIcmpTest, AnInitialTtlAbove255IsALowQuotedTtl) {
  const auto made = report("T=100");
  EXPECT_EQ(made->shape.icmp.ip.ttl, 255);
  EXPECT_EQ(made->ip.ttl, received_ttl - 1);
}

TEST(ReplyIcmpTest, ARouterReportsEvenIfSilentAboutPorts) {
  const Personality personality = personality_of("U1(R=N)\nT1(T=FA-104)");
  StackState stack(personality, 1, start);
  const Datagram datagram;
  const IcmpErrorShape shape = shape_icmp_error(personality, stack, datagram.parsed(), start);
  EXPECT_EQ(shape.quoted_bytes, 28U);
  EXPECT_EQ(shape.icmp.ip.ttl, 255);
  EXPECT_EQ(shape.unused, 0U);
}

TEST(ReplyIcmpTest, QuotesADatagramWithoutFrameFromItsParts) {
  const Datagram datagram;
  IpDatagram reassembled = datagram.parsed();
  reassembled.whole = {};
  const Personality personality = generic_personality();
  std::vector<std::uint8_t> from_parts(100), from_whole(100);
  quote_datagram(personality, reassembled, from_parts);
  quote_datagram(personality, datagram.parsed(), from_whole);
  EXPECT_EQ(from_parts, from_whole);
}

std::optional<IcmpShape> echo(std::string_view attributes, bool dont_fragment, std::uint8_t code) {
  const Personality personality = personality_of("IE(" + std::string(attributes) + ")");
  StackState stack(personality, 1, start);
  IpDatagram request;
  request.dont_fragment = dont_fragment;
  request.traffic_class = 4;
  IcmpMessage message;
  message.type = 8;
  message.code = code;
  return answer_echo(personality, stack, request, message, start);
}

TEST(ReplyIcmpTest, AnEchoReplyHasTheFieldsOfIe) {
  EXPECT_FALSE(echo("R=N", false, 0));
  EXPECT_EQ(echo("T=1B-25", false, 0)->ip.ttl, 32);
  EXPECT_EQ(echo("DFI=S", false, 0)->type_of_service, 4);
  struct Case {
    const char* attributes;
    bool with, without;  // DF in replies to requests with and without DF
  };
  for (const Case& c : {Case{"DFI=N", false, false}, Case{"DFI=Y", true, true},
                        Case{"DFI=S", true, false}, Case{"DFI=O", false, true}}) {
    SCOPED_TRACE(c.attributes);
    EXPECT_EQ(echo(c.attributes, true, 0)->ip.dont_fragment, c.with);
    EXPECT_EQ(echo(c.attributes, false, 0)->ip.dont_fragment, c.without);
  }
  struct CodeCase {
    const char* attributes;
    int to_nine, to_zero;
  };
  for (const CodeCase& c : {CodeCase{"CD=Z", 0, 0}, CodeCase{"CD=S", 9, 0}, CodeCase{"CD=5", 5, 5},
                            CodeCase{"CD=O", 8, 0}}) {
    SCOPED_TRACE(c.attributes);
    EXPECT_EQ(echo(c.attributes, false, 9)->code, c.to_nine);
    EXPECT_EQ(echo(c.attributes, false, 0)->code, c.to_zero);
  }
}

TEST(ReplyIcmpTest, AnswersTheIcmpQueriesOfItsFamily) {
  struct Case {
    const char* name;
    const char* entry;
    std::uint8_t type;
    bool answers;
  };
  constexpr const char* solaris =
      "Fingerprint a\nClass Sun | Solaris | 9 | general purpose\nU1(R=N)\n";
  constexpr const char* linux =
      "Fingerprint a\nClass Linux | Linux | 3.X | general purpose\nU1(R=N)\n";
  constexpr const char* ios = "Fingerprint a\nClass Cisco | IOS | 12.X | router\nU1(R=N)\n";
  for (const Case& c : {
           Case{"Linux answers timestamp requests", linux, 13, true},
           Case{"Linux answers no mask requests", linux, 17, false},
           Case{"Linux answers no information requests", linux, 15, false},
           Case{"Solaris answers mask requests", solaris, 17, true},
           Case{"IOS answers information requests", ios, 15, true},
           Case{"without echo replies, no other replies", "Fingerprint a\nIE(R=N)\n", 13, false},
       }) {
    SCOPED_TRACE(c.name);
    const auto database = parse_fingerprints(c.entry);
    ASSERT_EQ(database.errors().lines, 0U);
    const Personality personality = compile_personality(database.fingerprints().front());
    constexpr Instant noon{seconds{1'789'992'000}};
    StackState stack(personality, 1, noon);
    const std::array<std::uint8_t, 12> payload = {1, 2, 3, 4};
    const IcmpMessage query{.type = c.type, .code = 0, .rest = 5, .payload = payload};
    const auto reply = answer_query(personality, stack, IpDatagram{}, query, noon);
    ASSERT_EQ(reply.has_value(), c.answers);
    if (!reply) continue;
    EXPECT_EQ(static_cast<int>(reply->type), c.type + 1);
    if (c.type != 13) continue;
    EXPECT_EQ(reply->payload[3], 4) << "echoes the originate timestamp";
    const unsigned time = static_cast<unsigned>(reply->payload[4]) << 24 |
                          static_cast<unsigned>(reply->payload[5]) << 16 |
                          static_cast<unsigned>(reply->payload[6]) << 8 | reply->payload[7];
    EXPECT_NEAR(time, 1'789'992'000 % 86400 * 1000.0, 2000) << "milliseconds since midnight";
  }
}

}  // namespace
}  // namespace apiary

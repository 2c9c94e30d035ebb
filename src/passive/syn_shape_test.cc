#include "passive/syn_shape.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "passive/syn_signature.h"

namespace apiary {
namespace {

using Raw = std::vector<std::uint8_t>;

SynShape shape_with(const Raw& options, std::uint16_t window = 0) {
  return shape_of({.source = IpAddress::v4(192, 0, 2, 1), .hop_limit = 64},
                  {.sequence = {1}, .flags = tcp_flag::syn, .window = window, .options = options});
}

TEST(SynShape, ReadsTheLayoutAndTheQuirksOfOptions) {
  struct Case {
    std::string_view name;
    Raw options, kinds;
    std::uint32_t quirks = 0;
    std::uint16_t mss = 0;
    std::uint8_t scale = 0, padding = 0;
  };
  for (const Case& c : {
           Case{"none", {}, {}},
           Case{"of Linux",
                {2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7},
                {2, 4, 8, 1, 3},
                0,
                1'460,
                7},
           Case{"padding", {2, 4, 2, 24, 0, 0, 0, 0}, {2, 0}, 0, 536, 0, 3},
           Case{"padding that is not zero", {0, 0, 7, 0}, {0}, quirk::opt_plus, 0, 0, 3},
           Case{"a timestamp of zero",
                {8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1},
                {8, 1, 1},
                quirk::ts1_minus},
           Case{"a timestamp that echoes",
                {8, 10, 0, 0, 0, 9, 0, 0, 0, 1, 1, 1},
                {8, 1, 1},
                quirk::ts2_plus},
           Case{"a scale above 14", {3, 3, 15, 1}, {3, 1}, quirk::exws, 0, 15},
           Case{"unknown ones", {254, 4, 1, 2, 99, 2, 1, 1}, {254, 99, 1, 1}},
           Case{"a wrong length counts as the right one",
                {2, 6, 2, 24, 1, 1, 1, 1},
                {2, 1, 1, 1, 1},
                quirk::bad,
                536},
           Case{"one past the end", {1, 1, 2, 4}, {1, 1, 2}, quirk::bad},
           Case{"one without a length", {1, 1, 1, 99}, {1, 1, 1, 99}, quirk::bad},
           Case{"a length of zero", {99, 0, 1, 1}, {99}, quirk::bad},
           Case{"too many", Raw(40, 1), Raw(OptionKinds::limit, 1), quirk::bad},
       }) {
    SCOPED_TRACE(c.name);
    const SynShape shape = shape_with(c.options);
    OptionKinds kinds;
    for (const std::uint8_t kind : c.kinds) kinds.add(kind);
    EXPECT_EQ(shape.layout, kinds);
    EXPECT_EQ(shape.quirks, c.quirks | quirk::id_minus);
    EXPECT_EQ(shape.mss, c.mss);
    EXPECT_EQ(shape.scale, c.scale);
    EXPECT_EQ(shape.end_padding_bytes, c.padding);
  }
}

TEST(SynShape, ReadsNoFurtherThanTheOptions) {
  Random chance(7);
  for (int i = 0; i < 20'000; ++i) {
    // A buffer of their own, so that a sanitizer reports overreads.
    Raw options(chance.next() % 41);
    for (std::uint8_t& byte : options)
      byte = static_cast<std::uint8_t>(chance.next() % (i % 2 == 0 ? 256 : 12));
    const SynShape shape = shape_with(options);
    EXPECT_LE(shape.layout.count, OptionKinds::limit);
    EXPECT_LE(shape.end_padding_bytes, 40);
  }
}

TEST(SynShape, ReadsTheQuirksOfTheHeaders) {
  const TcpSegment syn{.sequence = {1}, .flags = tcp_flag::syn};
  const auto with = [&](auto change) {
    TcpSegment other = syn;
    change(other);
    return other;
  };
  using T = TcpSegment;
  struct Case {
    std::string_view name;
    IpDatagram ip;
    TcpSegment syn;
    std::uint32_t quirks;
  };
  const IpDatagram plain{.identification = 5};
  for (const Case& c : {
           Case{"nothing", plain, syn, 0},
           Case{"df", {.dont_fragment = true}, syn, quirk::df},
           Case{"id+",
                {.identification = 5, .dont_fragment = true},
                syn,
                quirk::df | quirk::id_plus},
           Case{"id-", {}, syn, quirk::id_minus},
           Case{"ecn in IP", {.traffic_class = 2, .identification = 5}, syn, quirk::ecn},
           Case{"a class of traffic is none", {.traffic_class = 0x10, .identification = 5}, syn, 0},
           Case{"ecn in TCP", plain, with([](T& t) { t.flags |= tcp_flag::ece | tcp_flag::cwr; }),
                quirk::ecn},
           Case{"0+", {.identification = 5, .reserved_flag = true}, syn, quirk::zero_plus},
           Case{"seq-", plain, with([](T& t) { t.sequence = {}; }), quirk::seq_minus},
           Case{"ack+", plain, with([](T& t) { t.acknowledgment = {1}; }), quirk::ack_plus},
           Case{"uptr+", plain, with([](T& t) { t.urgent_pointer = 1; }), quirk::uptr_plus},
           Case{"urgf+", plain, with([](T& t) {
                  t.flags |= tcp_flag::urg;
                  t.urgent_pointer = 1;
                }),
                quirk::urgf_plus},
           Case{"pushf+", plain, with([](T& t) { t.flags |= tcp_flag::psh; }), quirk::pushf_plus},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(shape_of(c.ip, c.syn).quirks, c.quirks);
  }
}

TEST(SynShape, ReadsTheUnitOfTheWindow) {
  using Of = WindowMultiple::Of;
  const auto options = [](std::uint16_t mss, bool has_timestamp) {
    Raw raw{2, 4, static_cast<std::uint8_t>(mss >> 8), static_cast<std::uint8_t>(mss)};
    if (has_timestamp) raw.insert(raw.end(), {8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 1});
    return raw;
  };
  struct Case {
    std::string_view name;
    std::uint16_t mss, window;
    bool has_timestamp;
    WindowMultiple multiple;
  };
  for (const Case& c : {
           Case{"the MSS", 1'400, 28'000, true, {Of::mss, 20}},
           Case{"the MSS less the timestamps", 1'400, 27'760, true, {Of::mss, 20}},
           Case{"the same without timestamps", 1'400, 27'760, false, {}},
           Case{"Ethernet's MSS", 1'400, 14'600, true, {Of::mss, 10}},
           Case{"Ethernet's MSS less the timestamps", 1'400, 14'480, true, {Of::mss, 10}},
           Case{"the MTU", 1'300, 2'680, false, {Of::mtu, 2}},
           Case{"the MSS and the headers", 1'300, 1'344, false, {Of::mtu, 1}},
           Case{"Ethernet's MTU", 1'400, 3'000, false, {Of::mtu, 2}},
           Case{"a small MSS is none", 99, 990, false, {}},
           Case{"a closed window", 1'400, 0, false, {}},
           Case{"nothing", 1'400, 65'535, true, {}},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(shape_with(options(c.mss, c.has_timestamp), c.window).multiple, c.multiple);
  }
}

TEST(SynShape, ItsSignatureIsReadBackAsOneThatFits) {
  struct Case {
    std::string_view name, signature;
    IpDatagram ip;
    TcpSegment syn;
    Raw options{};
  };
  const auto source = IpAddress::v4(192, 0, 2, 1);
  const Raw of_linux{2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7};
  for (const Case& c : {
           Case{"Linux",
                "4:64:0:1460:mss*20,7:mss,sok,ts,nop,ws:df,id+:0",
                {.source = source, .hop_limit = 53, .identification = 7, .dont_fragment = true},
                {.sequence = {1}, .flags = tcp_flag::syn, .window = 29'200},
                of_linux},
           Case{"no options",
                "4:255:0:0:1024,0::id-:0",
                {.source = source, .hop_limit = 240},
                {.sequence = {1}, .flags = tcp_flag::syn, .window = 1'024}},
           Case{"an end with padding, and unknown options",
                "4:128:0:1400:0,0:mss,?254,eol+1:df,ecn:0",
                {.source = source, .hop_limit = 128, .dont_fragment = true},
                {.sequence = {1}, .flags = tcp_flag::syn | tcp_flag::ece | tcp_flag::cwr},
                {2, 4, 5, 0x78, 254, 2, 0, 0}},
       }) {
    SCOPED_TRACE(c.name);
    TcpSegment syn = c.syn;
    syn.options = c.options;
    const SynShape shape = shape_of(c.ip, syn);
    EXPECT_EQ(signature_of(shape), c.signature);
    const auto parsed = parse_syn_signature(signature_of(shape));
    ASSERT_TRUE(parsed) << parsed.error();
    EXPECT_EQ(parsed->layout, shape.layout);
    EXPECT_TRUE(parsed->signature.matches_plain_fields(plain_fields(shape)));
    EXPECT_EQ(parsed->signature.fit(shape), Fit::exact);
  }
  EXPECT_EQ(signature_of(std::nullopt), "");
}

}  // namespace
}  // namespace apiary

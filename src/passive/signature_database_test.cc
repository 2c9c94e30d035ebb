#include "passive/signature_database.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>

#include "passive/own_signatures.h"

namespace apiary {
namespace {

// Invented systems, in the format of p0f's file.
constexpr std::string_view invented = R"(; a file of our own
classes = hive,other

[mtu]
label = Comb
sig   = 1500

[tcp:request]
label = s:hive:Hive:3.x
sig   = *:64:0:*:mss*20,7:mss,sok,ts,nop,ws:df,id+:0
  ; with another scale
sig   = 4:64:0:*:mss*20,8:mss,sok,ts,nop,ws:df,id+:0

label = g:hive:Hive:
sig = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0

label = s:hive:Hive:4.x
sig = *:64:0:*:mss*30,7:mss,sok,ts,nop,ws:df,id+:0

label = s:other:Wax:1: the first
sig = *:128:0:1400:%4096,0:mss,nop,nop,sok::0

label = s:!:Bear:paw
sys = @hive
sig = *:200-:0:1460:1024,0:mss::0

label = s:other:Six:
sig = 6:64:0:*:*,*:mss:flow:0

[tcp:response]
label = s:hive:Answer:
sig = nonsense, which is none of ours
)";

/// What a SYN of Hive 3.x looks like.
SynShape hive() {
  SynShape shape{.ttl = 60,
                 .scale = 7,
                 .mss = 1'460,
                 .window = 29'200,
                 .multiple = {WindowMultiple::Of::mss, 20},
                 .quirks = quirk::df | quirk::id_plus};
  for (const int kind : {2, 4, 8, 1, 3}) shape.layout.add(static_cast<std::uint8_t>(kind));
  return shape;
}
SynShape wax() {
  SynShape shape{.ttl = 128, .mss = 1'400, .window = 8'192};
  for (const int kind : {2, 1, 1, 4}) shape.layout.add(static_cast<std::uint8_t>(kind));
  return shape;
}
SynShape bear() {
  SynShape shape{.ttl = 37, .mss = 1'460, .window = 1'024};
  shape.layout.add(2);
  return shape;
}

std::string name_of(const SignatureDatabase& database, const SynShape& shape) {
  const auto found = database.match(shape);
  return found ? database.systems()[*found] : "";
}

TEST(SignatureDatabase, ReadsTheSignaturesOfRequestsAndNoOthers) {
  const SignatureDatabase database = SignatureDatabase::parse(invented);
  EXPECT_TRUE(database.errors().empty());
  EXPECT_EQ(database.size(), 6U) << "signatures only for IPv6 are not used";
  EXPECT_EQ(database.systems(), (std::vector<std::string>{"Hive 3.x", "Hive", "Hive 4.x",
                                                          "Wax 1: the first", "Bear paw", "Six"}));
}

TEST(SignatureDatabase, FindsTheBestMatch) {
  const SignatureDatabase database = SignatureDatabase::parse(invented);
  struct Case {
    std::string_view name;
    SynShape shape;
    std::string_view found;
  };
  const auto with = [](SynShape shape, auto change) {
    change(shape);
    return shape;
  };
  using S = SynShape;
  for (const Case& c : {
           Case{"as written", hive(), "Hive 3.x"},
           Case{"another MSS, as it says *", with(hive(), [](S& s) { s.mss = 1'400; }), "Hive 3.x"},
           Case{"its other signature", with(hive(), [](S& s) { s.scale = 8; }), "Hive 3.x"},
           Case{"a specific one after a generic one",
                with(hive(), [](S& s) { s.multiple.times = 30; }), "Hive 4.x"},
           Case{"the generic one", with(hive(), [](S& s) { s.multiple.times = 21; }), "Hive"},
           Case{"the MTU is not the MSS",
                with(hive(), [](S& s) { s.multiple.of = WindowMultiple::Of::mtu; }), "Hive"},
           Case{"at the largest distance", with(hive(), [](S& s) { s.ttl = 29; }), "Hive 3.x"},
           Case{"farther: the first fuzzy match", with(hive(), [](S& s) { s.ttl = 28; }),
                "Hive 3.x"},
           Case{"a TTL above the first is fuzzy, too", with(hive(), [](S& s) { s.ttl = 65; }),
                "Hive 3.x"},
           Case{"DF and the IP ID are gone", with(hive(), [](S& s) { s.quirks = 0; }), "Hive 3.x"},
           Case{"ECN came", with(hive(), [](S& s) { s.quirks |= quirk::ecn; }), "Hive 3.x"},
           Case{"the IP ID became zero", with(hive(), [](S& s) { s.quirks = quirk::id_minus; }),
                "Hive 3.x"},
           Case{"a quirk that networks do not make",
                with(hive(), [](S& s) { s.quirks |= quirk::pushf_plus; }), ""},
           Case{"options of IP", with(hive(), [](S& s) { s.ip_options_bytes = 4; }), ""},
           Case{"a payload", with(hive(), [](S& s) { s.has_payload = true; }), ""},
           Case{"other options", with(hive(), [](S& s) { s.layout.add(1); }), ""},
           Case{"padding", with(hive(), [](S& s) { s.end_padding_bytes = 1; }), ""},
           Case{"a multiple of a number", wax(), "Wax 1: the first"},
           Case{"no multiple of it", with(wax(), [](S& s) { s.window = 8'000; }), ""},
           Case{"another MSS", with(wax(), [](S& s) { s.mss = 1'460; }), ""},
           Case{"another scale", with(wax(), [](S& s) { s.scale = 1; }), ""},
           Case{"DF came", with(wax(), [](S& s) { s.quirks = quirk::df; }), ""},
           Case{"a tool", bear(), "Bear paw"},
           Case{"a tool below its limit", with(bear(), [](S& s) { s.ttl = 200; }), "Bear paw"},
           Case{"a tool above its limit", with(bear(), [](S& s) { s.ttl = 201; }), ""},
           Case{"a tool never fits fuzzily", with(bear(), [](S& s) { s.quirks = quirk::ecn; }), ""},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(name_of(database, c.shape), c.found);
  }
}

TEST(SignatureDatabase, ASecondFileCountsWhereTheFirstHasNoExactMatch) {
  constexpr std::string_view second = R"([tcp:request]
label = s:hive:Second:
sig = *:64:0:*:*,*:mss,sok,ts,nop,ws:df,id+:0
label = s:hive:Exact:
sig = *:64:0:*:*,*:mss,sok,ts,nop,ws::0
label = g:other:Wax:2
sig = *:128:0:*:*,*:mss,nop,nop,sok::0
label = s:!:Tool:
sig = *:64:0:0:*,*:::0
label = s:hive:Hive:3.x
sig = *:32:0:*:*,*:mss,sok:df,id+:0
)";
  const SignatureDatabase database = SignatureDatabase::parse(invented, second);
  EXPECT_EQ(database.size(), 11U);
  EXPECT_EQ(database.first_size(), 6U);
  EXPECT_EQ(database.systems().size(), 10U) << "a name that both have is there once";
  SynShape shape = hive();
  EXPECT_EQ(name_of(database, shape), "Hive 3.x") << "both match exactly";
  shape.multiple.times = 21;
  EXPECT_EQ(name_of(database, shape), "Hive") << "generically, too";
  shape = hive();
  shape.quirks = quirk::id_minus;
  EXPECT_EQ(name_of(database, shape), "Hive 3.x") << "both match fuzzily";
  shape.quirks = 0;
  EXPECT_EQ(name_of(database, shape), "Exact");
  shape = wax();
  shape.mss = 1'000;
  EXPECT_EQ(name_of(database, shape), "Wax 2");
  EXPECT_EQ(name_of(database, SynShape{.ttl = 60}), "Tool") << "options that only the second has";
  EXPECT_EQ(name_of(database, SynShape{.ttl = 65}), "") << "a tool never fits fuzzily";
}

/// What our own list knows, by the raw signatures that p0f prints of real packets.
TEST(OwnSignatures, KnowTheToolsThatWereMeasured) {
  const std::string_view text = own_signatures_text();
  const SignatureDatabase database = SignatureDatabase::parse("", text);
  for (const auto& [line, message] : database.errors()) ADD_FAILURE() << line << ": " << message;
  EXPECT_EQ(SignatureDatabase::parse(text).invalid_lines(), 0U);
  struct Case {
    std::string_view name;
    SynShape shape;
  };
  const auto with_options = [](std::initializer_list<int> kinds, SynShape shape) {
    for (const int kind : kinds) shape.layout.add(static_cast<std::uint8_t>(kind));
    return shape;
  };
  const WindowMultiple mss4{WindowMultiple::Of::mss, 4}, mss44{WindowMultiple::Of::mss, 44};
  const std::uint32_t usual = quirk::df | quirk::id_plus;
  for (const Case& c : {
           Case{"zmap 2.x", {.ttl = 240, .window = 65'535}},
           Case{"zmap 3.x", with_options({2}, {.ttl = 240, .mss = 1'460, .window = 65'535})},
           Case{"masscan 1.0-1.3.2", {.ttl = 239, .window = 1'024}},
           Case{"masscan 1.3.9 and newer",
                with_options({2}, {.ttl = 239, .mss = 1'460, .window = 1'025})},
           Case{"hping3", {.ttl = 60, .window = 512}},
           Case{"nping", {.ttl = 60, .window = 1'480}},
           Case{"scapy", {.ttl = 60, .window = 8'192, .quirks = quirk::seq_minus}},
           Case{"traceroute -T",
                with_options(
                    {2, 4, 8, 1, 3},
                    {.ttl = 3, .scale = 2, .mss = 1'460, .window = 5'840, .multiple = mss4})},
           Case{"NMap SYN scan", with_options({2}, {.ttl = 43, .mss = 1'460, .window = 1'024})},
           Case{"Linux 4.20 and newer", with_options({2, 4, 8, 1, 3}, {.ttl = 64,
                                                                      .scale = 10,
                                                                      .mss = 1'460,
                                                                      .window = 64'240,
                                                                      .multiple = mss44,
                                                                      .quirks = usual})},
           Case{"Windows 10 or 11", with_options({2, 1, 3, 1, 1, 4}, {.ttl = 113,
                                                                     .scale = 8,
                                                                     .mss = 1'460,
                                                                     .window = 64'240,
                                                                     .multiple = mss44,
                                                                     .quirks = usual})},
           Case{"", {.ttl = 60, .window = 513}},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(name_of(database, c.shape), c.name);
  }
}

TEST(SignatureDatabase, ComplainsOfInvalidLinesAndReadsTheRest) {
  constexpr std::string_view good = "*:64:0:*:*,*:mss:df:0";
  struct Case {
    std::string_view name, line, error;
  };
  for (const Case& c : {
           Case{"no section", "[tcp:requst]", "there is no section [tcp:requst]: it is skipped"},
           Case{"no equals sign", "sig", "expected a [section], or label, sys or sig with '='"},
           Case{"an unknown key", "sign = x", "'sign' is none of label, sys, sig"},
           Case{"too few fields", "sig = *:64:0",
                "a signature is "
                "ver:ittl:olen:mss:wsize,scale:olayout:quirks:pclass"},
           Case{"a version", "sig = 5:64:0:*:*,*:mss:df:0",
                "'5' is not a valid version of IP: *, 4 or 6"},
           Case{"no TTL", "sig = *::0:*:*,*:mss:df:0", "'' is not a valid TTL"},
           Case{"a TTL of zero", "sig = *:0:0:*:*,*:mss:df:0", "'0' is not a valid TTL"},
           Case{"a TTL too large", "sig = *:250+6:0:*:*,*:mss:df:0", "'250+6' is not a valid TTL"},
           Case{"IP options", "sig = *:64:-1:*:*,*:mss:df:0",
                "'-1' is not a valid length of IP options"},
           Case{"an MSS", "sig = *:64:0:65536:*,*:mss:df:0", "'65536' is not a valid MSS"},
           Case{"a window", "sig = *:64:0:*:mss*,*:mss:df:0", "'mss*' is not a valid window"},
           Case{"a modulus of zero", "sig = *:64:0:*:%0,*:mss:df:0", "'%0' is not a valid window"},
           Case{"a scale", "sig = *:64:0:*:*:mss:df:0", "'' is not a valid window scale"},
           Case{"an option", "sig = *:64:0:*:*,*:mss,nope:df:0", "there is no TCP option 'nope'"},
           Case{"behind the end", "sig = *:64:0:*:*,*:eol+1,nop:df:0",
                "'nop' follows the end of the options"},
           Case{"too many options",
                "sig = *:64:0:*:*,*:?1,?1,?1,?1,?1,?1,?1,?1,?1,?1,?1,?1,?1,?1,?1,?1,?1,?1,?1,?1,?1,"
                "?1,?1,?1,?1:df:0",
                "more than 24 TCP options"},
           Case{"a quirk", "sig = *:64:0:*:*,*:mss:df,odd:0", "there is no quirk 'odd'"},
           Case{"a payload", "sig = *:64:0:*:*,*:mss:df:1",
                "'1' is not a valid payload: 0, + or *"},
           Case{"a label of another type", "label = x:hive:Hive:1",
                "a label is type:class:name:flavor, with the type s or g"},
           Case{"a label without a name", "label = s:hive",
                "a label is type:class:name:flavor, with the type s or g"},
           Case{"a name with a terminal escape",
                "label = s:hive:Hi\033ve:", "a name is printable ASCII, at most 200 characters"},
       }) {
    SCOPED_TRACE(c.name);
    const SignatureDatabase database = SignatureDatabase::parse(
        fmt::format("[tcp:request]\r\nlabel = s:hive:Before:\nsig = {}\n{}\nsig = 1:2\n"
                    "[tcp:request]\nlabel = s:hive:After:\nsig = *:64:0:*:*,*:nop:df:0",
                    good, c.line));
    ASSERT_FALSE(database.errors().empty());
    EXPECT_EQ(database.errors()[0].line, 4U);
    EXPECT_EQ(database.errors()[0].message, c.error);
    const bool skips_next = c.line.starts_with("label") || c.line.starts_with("[");
    EXPECT_EQ(database.invalid_lines(), skips_next ? 1U : 2U);
    EXPECT_EQ(database.size(), 2U);
  }
}

TEST(SignatureDatabase, IsBounded) {
  std::string text = "[tcp:request]\nlabel = s:hive:Hive:\n";
  for (int i = 0; i < 300; ++i) text += "sig = *:64:0:*:*,*:mss:df:0\n";
  const SignatureDatabase database = SignatureDatabase::parse(text);
  EXPECT_EQ(database.size(), SignatureDatabase::max_same_layout);
  EXPECT_EQ(database.invalid_lines(), 300 - SignatureDatabase::max_same_layout);
  EXPECT_EQ(database.errors().size(), SignatureDatabase::max_complaints);
}

TEST(SignatureDatabase, ReadsWhateverIsLeftOfAFile) {
  for (std::size_t end = 0; end < invented.size(); ++end) {
    const std::string text(invented.substr(0, end));
    (void)SignatureDatabase::parse(text).match(hive());
  }
}

TEST(SignatureDatabase, MatchesNothingWhenEmpty) {
  for (const std::string_view text : {"", "\n\n", "; nothing", "[tcp:request]", "\xff\xfe binary"})
    EXPECT_FALSE(SignatureDatabase::parse(text).match(hive()));
  EXPECT_FALSE(SignatureDatabase{}.match(hive()));
}

/// All signatures of the installed p0f are valid.
TEST(SignatureDatabase, UnderstandsAllOfAnInstalledP0f) {
  std::ifstream file("/etc/p0f/p0f.fp");
  if (!file) {
    std::cout << "\n*** SKIPPED: no p0f.fp; apt install p0f ***\n\n";
    GTEST_SKIP();
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const SignatureDatabase database = SignatureDatabase::parse(text);
  for (const auto& [line, message] : database.errors()) ADD_FAILURE() << line << ": " << message;
  EXPECT_GT(database.size(), 50U);
}

}  // namespace
}  // namespace apiary

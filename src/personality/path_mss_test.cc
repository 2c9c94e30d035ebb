// The MSS of SYN/ACKs: that of the link, where the fingerprint's is that of its submitter's path.
#include "personality/path_mss.h"

#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "personality/fingerprint_database.h"
#include "personality/reply.h"
#include "personality/testing/compile_entry.h"
#include "personality/testing/installed_nmap.h"
#include "personality/testing/nmap_model.h"

namespace apiary {
namespace {

constexpr Instant start{seconds{1'790'000'000}};

struct SaidMss {
  std::uint16_t mss = 0, window = 0;
};

SaidMss answer_to(const Personality& personality, const char* options, std::uint16_t window) {
  StackState stack(personality, 7, start);
  const TcpOptionBytes bytes = nmap_model::options_from(options);
  TcpSegment syn;
  syn.flags = tcp_flag::syn;
  syn.window = window;
  syn.options = bytes.bytes();
  const auto answer = answer_syn(personality, stack, syn, start);
  if (!answer) return {};
  const TcpOptions said = parse_tcp_options(answer->reply.options.bytes());
  return {.mss = said.mss.value_or(0), .window = answer->reply.window};
}

constexpr const char* linux_options = "M5B4ST10NW7";

Personality tunnelled(const std::string& family, const std::string& mss,
                      const std::string& window) {
  const std::string o = "M" + mss + "ST11NW7", w = window;
  return personality_of("Class Vendor | " + family + " | 5.X | general purpose\nOPS(O1=" + o +
                        "%O2=" + o + "%O3=M" + mss + "NNT11NW7%O4=" + o + "%O5=" + o + "%O6=M" +
                        mss + "ST11)\nWIN(W1=" + w + "%W2=" + w + "%W3=" + w + "%W4=" + w +
                        "%W5=" + w + "%W6=" + w + ")\nT1(R=Y%S=O%A=S+%F=AS)\n");
}

TEST(PathMssTest, SynAcksSayTheMssOfEthernet) {
  struct Case {
    const char *name, *family, *mss, *window;
    SaidMss said;
  };
  for (const Case& c : {Case{"of a tunnel", "Linux", "550", "FE88", {1460, 0xfe88}},
                        // 20 segments of 1,360 bytes, then 20 of 1,348 beside timestamps
                        Case{"whole segments", "FreeBSD", "550", "6A40", {1460, 29200}},
                        Case{"beside timestamps", "Linux", "550", "6950", {1460, 28960}},
                        Case{"of Windows", "Windows", "4EC", "2000", {1460, 8192}},
                        Case{"of loopback", "FreeBSD", "3FD8", "FFFF", {1460, 65535}},
                        Case{"RFC 879", "IOS", "218", "10C0", {536, 0x10c0}},
                        Case{"of a small machine", "embedded", "578", "2000", {1400, 8192}},
                        Case{"of its own", "Linux", "200", "2000", {512, 8192}}}) {
    SCOPED_TRACE(c.name);
    const Personality personality = tunnelled(c.family, c.mss, c.window);
    for (const char* options : {linux_options, "M5B4", "", "M218ST10NW7"}) {
      SCOPED_TRACE(options);
      const SaidMss said = answer_to(personality, options, 64240);
      EXPECT_EQ(said.mss, c.said.mss);
      EXPECT_EQ(said.window, c.said.window);
    }
    EXPECT_EQ(answer_to(personality, "", 64).mss, c.said.mss) << "hping3's";
    EXPECT_EQ(answer_to(personality, "WANM5B4T10S", 1).mss, std::stoul(c.mss, nullptr, 16))
        << "Nmap's";
  }
}

TEST(PathMssTest, WindowsOfWholeSegmentsFollowTheMss) {
  struct Case {
    const char* name;
    std::uint16_t window, from, to, fitted;
  };
  for (const Case& c : {Case{"ten segments", 14600, 1460, 1360, 13600},
                        Case{"45 segments beside timestamps", 65160, 1460, 1360, 60660},
                        Case{"a round number", 8192, 1460, 1360, 8192},
                        Case{"the largest, by chance", 65535, 1285, 1460, 65535},
                        Case{"more than a window says", 61200, 1360, 1460, 61200}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(window_at_mss(c.window, c.from, c.to), c.fitted);
  }
}

TEST(PathMssTest, AChoiceOfMssIsThatOfEthernet) {
  for (const char* o : {"M564ST11NW7|M5B4ST11NW7", "M[55E-5B4]ST11NW7", "M[55E|5B4]ST11NW7"}) {
    SCOPED_TRACE(o);
    const Personality personality = personality_of(
        std::string("Class Vendor | Linux | 5.X | general purpose\nOPS(O1=") + o + "%O2=" + o +
        "%O3=" + o + "%O4=" + o + "%O5=" + o + "%O6=" + o + ")\nT1(R=Y%S=O%A=S+%F=AS)\n");
    EXPECT_EQ(answer_to(personality, "WANM5B4T10S", 1).mss, 1460);
    EXPECT_EQ(answer_to(personality, linux_options, 64240).mss, 1460);
    EXPECT_EQ(personality.syn.path_mss, 0);
  }
}

TEST(PathMssTest, OfEntriesWithANameTheOneOfEthernetCounts) {
  const auto entry = [](const std::string& name, const char* mss) {
    return "Fingerprint " + name + "\nClass Linux | Linux | 5.X | general purpose\nOPS(O1=M" + mss +
           "ST11NW7)\nT1(R=Y%S=O%A=S+%F=AS)\n\n";
  };
  const auto database =
      parse_fingerprints(entry("One", "564") + entry("One", "5B4") + entry("Two", "564"));
  EXPECT_EQ(database.find("One")->fingerprint, &database.fingerprints()[1]);
  EXPECT_EQ(database.find("One #1")->fingerprint, &database.fingerprints()[0]);
  EXPECT_EQ(database.find("Two")->fingerprint, &database.fingerprints()[2]);
}

TEST(PathMssTest, NoEntryOfTheInstalledNmapSaysTheMssOfAnotherLink) {
  const auto nmap = installed_nmap();
  if (!nmap) GTEST_SKIP();
  const FingerprintDatabase& installed = *nmap;
  std::size_t right = 0, wrong = 0, own = 0, without = 0, of_a_path = 0;
  std::map<std::string_view, std::pair<bool, bool>> names;  // has one of a path, one that fits
  for (const Fingerprint& entry : installed.fingerprints()) {
    const Personality personality = compile_personality(entry);
    const SaidMss said = answer_to(personality, linux_options, 64240);
    if (said.mss == 0)
      ++without;
    else if (said.mss == 1460)
      ++right;
    else if (is_of_the_submitters_path(entry.family, said.mss))
      ++wrong;
    else
      ++own;
    of_a_path += personality.syn.path_mss != 0 ? 1U : 0U;
    (personality.syn.path_mss != 0 ? names[entry.name].first : names[entry.name].second) = true;
  }
  std::size_t mixed = 0, unfit = 0;
  for (const auto& [name, has] : names) {
    if (!has.first || !has.second) continue;
    ++mixed;
    unfit += fits_ethernet(*installed.find(name)->fingerprint) ? 0U : 1U;
  }
  std::cout << installed.fingerprints().size() << " entries: " << right << " say 1460, " << own
            << " another MSS of their own, " << without << " none, " << wrong
            << " that of another link; for Nmap " << of_a_path << " must say that of a path\n"
            << mixed << " names have entries of both kinds, " << unfit
            << " of these keep one of a path, as it answers more\n";
  EXPECT_EQ(wrong, 0U);
}

}  // namespace
}  // namespace apiary

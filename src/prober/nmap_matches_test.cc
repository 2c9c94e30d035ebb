#include "prober/nmap_matches.h"

#include <gtest/gtest.h>

#include "posix/testing/temporary_files.h"
#include "prober/command_text.h"

namespace apiary {
namespace {

// In the syntax of nmap-service-probes.
constexpr std::string_view probes =
    "# comment\n"
    "Probe TCP NULL q||\n"
    "match ssh m|^SSH-2\\.0-Real\\r\\n$| p/Real SSH/\n"
    "softmatch ssh m|^SSH-|\n"
    "match ssh m=^SSH-([\\d.]+)-(?:Real|Fake)\\r\\n=i p/Sticky SSH honeypot/ i/protocol $1/\n"
    "match honeypot m|^GOTCHA.*END|s p/Trap/\n"
    "match late m|^LATE|\n"
    "Probe TCP Other q|x|\n"
    "match broken m|^(| p/Broken honeypot/\n"
    "match short\n";

TEST(NmapMatches, FindsHoneypotsUnlessAnEarlierLineMatches) {
  const NmapMatches matches(probes);
  EXPECT_EQ(matches.honeypots(), 3U);
  struct Case {
    std::string_view said, honeypot;
  };
  for (const Case& c :
       {Case{"SSH-2.0-fake\r\n", "Sticky SSH honeypot"}, Case{"SSH-2.0-Real\r\n", ""},
        Case{"SSH-1.5-Real\r\n", "Sticky SSH honeypot"}, Case{"GOTCHA\n\nEND", "Trap"},
        Case{"LATE", ""}, Case{"", ""}}) {
    SCOPED_TRACE(c.said);
    EXPECT_EQ(matches.honeypot_of(c.said), c.honeypot);
  }
}

TEST(CommandText, HasTheScriptsThatACommandNames) {
  TemporaryFolder folder;
  folder.add("web.sh", "echo Server: x\n");
  folder.add("binary", std::string_view("\x7f"
                                        "ELF\0Debian",
                                        11));
  EXPECT_EQ(command_text("sh web.sh --port 80", folder.path()), "echo Server: x\n\n");
  EXPECT_EQ(command_text("./binary gone.sh", folder.path()), "");
}

}  // namespace
}  // namespace apiary

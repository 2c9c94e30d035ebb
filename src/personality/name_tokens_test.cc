#include "personality/name_tokens.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace apiary {
namespace {

/// The tokens in one line: words as they are, numbers as [2.4.18], series as [2.6.*].
std::string shown(std::string_view name) {
  std::string text;
  for (const NameToken& token : tokens_of(name)) {
    text += text.empty() ? "" : " ";
    if (token.is_number())
      text += fmt::format("[{}{}]", fmt::join(token.version, "."), token.is_series ? ".*" : "");
    else
      text += token.text;
  }
  return text;
}

TEST(NameTokensTest, SpellsNamesUniformly) {
  struct Case {
    const char* name;
    const char* tokens;
  };
  for (const Case& c : {
           Case{"Linux 2.4.18 - 2.4.20 (X86)", "linux [2.4.18] - [2.4.20] x86"},
           Case{"Linux 2.6.X", "linux [2.6.*]"},
           Case{"OpenBSD 2.6-2.7", "openbsd [2.6] - [2.7]"},
           Case{"HP-UX B.10.20", "hp - ux [10.20]"},
           Case{"HPUX 11i", "hp ux [11]"},
           Case{"IRIX 6.5.15m", "irix [6.5.15]"},
           Case{"Cisco IOS 11.1(24)", "cisco ios [11.1.24]"},
           Case{"IBM OS/400 V4R5M0", "ibm os [400] [4.5.0]"},
           Case{"OS/400 V5R1", "os [400] [5.1]"},
           Case{"DEC OSF/1 V4.0D", "dec osf [1] [4.0]"},
           Case{"Win98 or W2k", "windows [98] or windows [2000]"},
           Case{"WinXP", "windows xp"},
           Case{"Apple iOS 9", "apple iphone os [9]"},
           Case{"4.3BSD-tahoe", "bsd [4.3] - tahoe"},
           Case{"3Com NetBuilder-II", "3com netbuilder - ii"},
           Case{"Apollo Domain/OS SR10.4", "apollo domain os [10.4]"},
           Case{"", ""},
           Case{" -- ", ""},
           Case{"99999999999999999999.1", "[999999999.1]"},
           Case{"1.2.3.4.5.6", "[1.2.3.4]"},
           Case{"IOS 12.1(", "ios [12.1]"},
           Case{"IOS 12.1(5", "ios [12.1.5]"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(shown(c.name), c.tokens);
  }
}

}  // namespace
}  // namespace apiary

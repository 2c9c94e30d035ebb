#include <gtest/gtest.h>

#include "base/random.h"
#include "config/build.h"
#include "config/testing/catalogue.h"

namespace apiary {
namespace {

constexpr std::string_view pieces[] = {"create ",
                                       "clone ",
                                       "set ",
                                       "add ",
                                       "bind ",
                                       "route ",
                                       "entry ",
                                       "link ",
                                       "net ",
                                       "network ",
                                       "latency ",
                                       "loss ",
                                       "default ",
                                       "tcp ",
                                       "udp ",
                                       "icmp ",
                                       "port ",
                                       "proxy ",
                                       "personality ",
                                       "action ",
                                       "block ",
                                       "open ",
                                       "a ",
                                       "b ",
                                       "a\n",
                                       "b\n",
                                       "10.0.0.1 ",
                                       "10.0.0.2\n",
                                       "10.1.0.1 ",
                                       "10.0.0.0/8 ",
                                       "10.1.0.0/16 ",
                                       "80 ",
                                       "70000 ",
                                       "5ms ",
                                       "5 ms\n",
                                       "\"Red OS\"\n",
                                       "\"",
                                       "\\",
                                       "#",
                                       "\n",
                                       "$ipsrc:22 ",
                                       ":",
                                       "=",
                                       "\t",
                                       "\xff",
                                       "include ",
                                       "\"sh x\"\n",
                                       "dynamic ",
                                       "tarpit "};

/// Any text builds or yields errors, and its diagnostics can be rendered.
void check_any_text(std::string text) {
  SourceText source("x.conf", std::move(text));
  const TestCatalogue catalogue;
  const auto built = build_configuration(source, catalogue);
  const Diagnostics& diagnostics = built ? built->remarks : built.error();
  EXPECT_EQ(has_errors(diagnostics), !built.has_value());
  for (const Diagnostic& diagnostic : diagnostics) {
    EXPECT_FALSE(diagnostic.message.empty());
    EXPECT_LE(diagnostic.place.begin, diagnostic.place.end);
    EXPECT_LE(diagnostic.place.end, source.first_file().end());
    EXPECT_FALSE(render(diagnostic, source).empty());
  }
}

TEST(Robustness, TextOfTheLanguagesPieces) {
  Random random(20260101);
  for (int round = 0; round < 4000; ++round) {
    std::string text;
    for (std::uint64_t count = random.below(40); count > 0; --count)
      text += pieces[random.below(std::size(pieces))];
    check_any_text(std::move(text));
  }
}

TEST(Robustness, TextOfAnyBytes) {
  Random random(20260102);
  for (int round = 0; round < 4000; ++round) {
    std::string text;
    for (std::uint64_t count = random.below(200); count > 0; --count)
      text += static_cast<char>(random.below(256));
    check_any_text(std::move(text));
  }
}

}  // namespace
}  // namespace apiary

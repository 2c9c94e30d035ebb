#include "chart/chart.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/build.h"
#include "config/testing/catalogue.h"

namespace apiary {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The chart of a text without errors.
Chart chart_of(std::string name, const std::string& text) {
  SourceText source(name, text);
  const auto built = build_configuration(source, AnyNameCatalogue{});
  if (!built) {
    ADD_FAILURE() << render(built.error(), source);
    return {};
  }
  SourceText again(std::move(name), text);
  return make_chart(parse(again).statements, again, *built->honeynet);
}

// Compares with golden files. To update them, run `apiary topology FILE` (--dot) in the folder of
// the file and review the result.
TEST(Chart, MatchesItsGoldenFiles) {
  const std::filesystem::path golden = APIARY_CHARTS;
  for (const auto& [folder, name] :
       {std::pair{APIARY_EXAMPLES, "figure5"}, std::pair{APIARY_EXAMPLES, "prefix"},
        std::pair{APIARY_CHARTS, "sites"}}) {
    SCOPED_TRACE(name);
    const std::string file = std::string(name) + ".conf";
    const Chart chart = chart_of(file, read(std::filesystem::path(folder) / file));
    EXPECT_EQ(chart_text(chart), read(golden / (std::string(name) + ".txt")));
    EXPECT_EQ(chart_dot(chart), read(golden / (std::string(name) + ".dot")));
  }
}

TEST(Chart, FoldsLargePartsAndCountsThem) {
  std::string text = "create a\nroute entry 10.0.0.1\n";
  for (int i = 1; i <= 40; ++i) {
    const std::string number = std::to_string(i);
    text += "route 10.0.0.1 add net 10." + number + ".0.0/16 10." + number + ".0.1\n" +  //
            "route 10." + number + ".0.1 link 10." + number + ".0.0/24\n" +              //
            "bind 10." + number + ".0.16/28 a\n";
  }
  const Chart chart = chart_of("many.conf", text);
  const std::string folded = chart_text(chart);
  EXPECT_NE(folded.find("└── … 24 more links, behind them 24 routers and 384 hosts"),
            std::string::npos)
      << folded;
  EXPECT_EQ(folded.find("10.40.0.1"), std::string::npos);
  EXPECT_EQ(folded.find("no entry leads to"), std::string::npos) << folded;
  const std::string whole = chart_text(chart, unfolded);
  EXPECT_NE(whole.find("└── 10.40.0.1, for 10.40.0.0/16"), std::string::npos) << whole;
  EXPECT_EQ(whole.find("…"), std::string::npos);
}

TEST(Chart, DescribesTheQualitiesOfALink) {
  struct Case {
    std::string_view statement, quality;
  };
  for (const Case& c :
       {Case{"", ""}, Case{"latency 5ms", "5ms"}, Case{"loss 0.5", "loss 0.5%"},
        Case{"latency 10ms loss 1 bandwidth 10Mbps drop between 5ms - 20ms",
             "10ms, loss 1%, bandwidth 10Mbps, drop between 5ms - 20ms"},
        Case{"latency 10ms jitter 2ms reorder 1", "10ms, jitter 2ms, reorder 1%"}}) {
    SCOPED_TRACE(c.statement);
    SourceText source(
        "test", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 " + std::string(c.statement) + "\n");
    const ParsedText parsed = parse(source);
    ASSERT_EQ(parsed.statements.size(), 1U);
    EXPECT_EQ(link_quality(parsed.statements.front(), source), c.quality);
  }
}

}  // namespace
}  // namespace apiary

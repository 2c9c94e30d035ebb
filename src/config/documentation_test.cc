#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "config/build.h"
#include "config/testing/catalogue.h"
#include "config/testing/summary.h"

namespace apiary {
namespace {

/// The fenced examples of a page, with their line numbers.
std::vector<std::pair<int, std::string>> examples(const std::string& page) {
  std::ifstream file(std::string{APIARY_DOCS} + "/" + page);
  std::vector<std::pair<int, std::string>> found;
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line == "```" && inside) {
      inside = false;
    } else if (line == "```apiary") {
      inside = true;
      found.emplace_back(number, "");
    } else if (inside) {
      found.back().second += line + "\n";
    }
  }
  return found;
}

TEST(Documentation, EveryExampleLoadsWithoutWarnings) {
  ASSERT_GE(examples("config.md").size(), 25U);
  ASSERT_GE(examples("services.md").size(), 2U);
  BuildSettings settings{.permissions = {.spoofing = true}};
  settings.parsing.port_names = PortNames::parse("echo 7/tcp\nssh 22/tcp\nhttp 80/tcp\n");
  settings.parsing.load_file =
      [](const std::string& path) -> tl::expected<std::string, std::string> {
    if (path != "docs/printers.conf") return tl::unexpected("there is no " + path);
    return "create printer\n";
  };
  const TestVendors vendors(true);
  settings.vendors = &vendors;
  for (const char* const page : {"config.md", "proxies.md", "services.md"})
    for (const auto& [line, text] : examples(page)) {
      SCOPED_TRACE(fmt::format("{}:{}", page, line));
      SourceText source(std::string("docs/") + page, text);
      const auto built = build_configuration(source, AnyNameCatalogue{}, settings);
      ASSERT_TRUE(built.has_value()) << summary(built.error(), source);
      for (const Diagnostic& remark : built->remarks)
        EXPECT_TRUE(remark.severity == Severity::notice || remark.severity == Severity::unsupported)
            << render(remark, source);
    }
}

TEST(Documentation, TheDashboardKnowsAllSeverities) {
  std::ifstream file(std::string{APIARY_DOCS} + "/../web/src/daemon/interface.ts");
  std::string found;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("export type Severity")) found = line;
  for (const Severity severity :
       {Severity::error, Severity::warning, Severity::notice, Severity::unsupported})
    EXPECT_NE(found.find(fmt::format("'{}'", name_of(severity))), found.npos)
        << name_of(severity) << " is not in " << found;
}

}  // namespace
}  // namespace apiary

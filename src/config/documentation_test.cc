#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "config/build.h"
#include "config/test_catalogue.h"
#include "config/test_summary.h"

namespace apiary {
namespace {

/// The fenced examples of docs/config.md, each after the line it begins on.
std::vector<std::pair<int, std::string>> examples() {
  std::ifstream file(std::string{APIARY_DOCS} + "/config.md");
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
  const auto all = examples();
  ASSERT_GE(all.size(), 25U);
  BuildSettings settings{.allows_spoofing = true};
  settings.parsing.port_names = PortNames::parse("echo 7/tcp\nssh 22/tcp\nhttp 80/tcp\n");
  settings.parsing.load_file =
      [](const std::string& path) -> tl::expected<std::string, std::string> {
    if (path != "docs/printers.conf") return tl::unexpected("there is no " + path);
    return "create printer\n";
  };
  const TestVendors vendors(true);
  settings.vendors = &vendors;
  for (const auto& [line, text] : all) {
    SCOPED_TRACE(line);
    SourceText source("docs/config.md", text);
    const auto built = build_configuration(source, AnyNameCatalogue{}, settings);
    ASSERT_TRUE(built.has_value()) << summary(built.error(), source);
    for (const Diagnostic& remark : built->remarks)
      EXPECT_TRUE(remark.severity == Severity::notice || remark.severity == Severity::unacted)
          << render(remark, source);
  }
}

}  // namespace
}  // namespace apiary

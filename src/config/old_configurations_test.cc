#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "config/build.h"
#include "config/testing/catalogue.h"

namespace apiary {
namespace {

std::string contents_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The diagnostics of the configuration at `path`, and whether it loads. Knows every personality
/// and vendor, so that the result does not depend on the machine.
std::pair<std::string, bool> said_of(const std::filesystem::path& path) {
  const TestVendors vendors(true);
  BuildSettings settings;
  settings.vendors = &vendors;
  SourceText source(path.filename(), contents_of(path));
  const auto built = build_configuration(source, AnyNameCatalogue{}, settings);
  return {render(built ? built->remarks : built.error(), source), built.has_value()};
}

/// With APIARY_WRITE_SAID in the environment, writes the expected diagnostics instead of comparing.
TEST(OldConfigurations, LoadAsInHoneyd) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(APIARY_OLD_CONFIGURATIONS)) {
    if (entry.path().extension() != ".conf") continue;
    SCOPED_TRACE(entry.path());
    ++files;
    const auto [said, loads] = said_of(entry.path());
    auto expected = entry.path();
    expected.replace_extension(".said");
    if (std::getenv("APIARY_WRITE_SAID") != nullptr) std::ofstream(expected) << said;
    EXPECT_EQ(said, contents_of(expected));
    EXPECT_EQ(loads, entry.path().filename() != "word_processor.conf");
  }
  EXPECT_GE(files, 20U);
}

}  // namespace
}  // namespace apiary

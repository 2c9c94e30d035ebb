/// For tests: rows of tables of configuration errors, and their check.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "config/build.h"
#include "config/parser.h"
#include "config/testing/catalogue.h"
#include "config/testing/summary.h"

namespace apiary {

struct ErrorCase {
  std::string_view name;
  std::string text, diagnostics;  // as summary() writes them
};

/// Expects that parsing reports the diagnostics. `settings`: further arguments of parse().
template <class... Settings>
void expect_of_parser(const ErrorCase& c, const Settings&... settings) {
  SCOPED_TRACE(c.name);
  SourceText source("x.conf", c.text);
  EXPECT_EQ(summary(parse(source, settings...).diagnostics, source), c.diagnostics);
}

/// Expects that building reports the diagnostics, and that it fails if one of them is an error.
inline void expect_of_build(const ErrorCase& c) {
  SCOPED_TRACE(c.name);
  SourceText source("x.conf", c.text);
  const TestCatalogue catalogue;
  const auto built = build_configuration(source, catalogue);
  EXPECT_EQ(summary(built ? built->remarks : built.error(), source), c.diagnostics);
  EXPECT_EQ(built.has_value(), c.diagnostics.find(" error: ") == std::string::npos);
}

}  // namespace apiary

#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "config/build.h"

namespace apiary {

/// The text of a configuration in use: what its file held when it was read, and behind it the
/// statements that were given since.
struct LivingText {
  std::string text;
  std::size_t statements_since = 0;
};

/// A text without errors, what it comes to, and what there is to remark on it, rendered.
struct BuiltText {
  LivingText living;
  Configuration configuration;
  std::string remarks;
};

/// Where texts and personalities come from.
struct TextSources {
  std::string configuration;  // a path
  std::string personalities;  // a path
};

/// Reads the file anew and builds it; else everything that is wrong, rendered.
tl::expected<BuiltText, std::string> build_file(const TextSources& sources);

/// Builds `present` with one more statement. What is wrong with the statement is shown as of a text
/// of its own, called "ctl"; remarks on the rest are not repeated.
tl::expected<BuiltText, std::string> build_with(const LivingText& present,
                                                std::string_view statement,
                                                const TextSources& sources);

}  // namespace apiary

#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "setup/load.h"

namespace apiary {

/// The text of a configuration in use: what its file held when it was read, and behind it the
/// statements that were given since.
struct ActiveConfigText {
  std::string text;
  FileTexts included{};  // as they were when they were included
  std::size_t statements_since = 0;
};

/// All of it as one file that loads, whatever has become of those that it includes.
std::string whole_text(const ActiveConfigText& living, const ConfigurationSources& sources);

/// A text without errors, its configuration, and its warnings, rendered.
struct BuiltText {
  ActiveConfigText living;
  Configuration configuration;
  std::string remarks;
};

/// Reads the file, which may be a pipe, and builds it; else everything that is wrong, rendered.
tl::expected<BuiltText, std::string> build_file(const ConfigurationSources& sources);
/// The same for a reload: it must be a regular file, as a pipe has already been read.
tl::expected<BuiltText, std::string> build_file_again(const ConfigurationSources& sources);

/// Builds `text` in place of `present`, of which the files that it includes are taken as they were.
tl::expected<BuiltText, std::string> build_in_place(const ActiveConfigText& present,
                                                    std::string text,
                                                    const ConfigurationSources& sources);

/// Builds `present` with one more statement. What is wrong with the statement is shown as of a text
/// of its own, called "ctl"; remarks on the rest are not repeated.
tl::expected<BuiltText, std::string> build_with(const ActiveConfigText& present,
                                                std::string_view statement,
                                                const ConfigurationSources& sources);

}  // namespace apiary

#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "setup/load.h"

namespace apiary {

/// The text of the active configuration: its file as it was read, followed by the statements added
/// since.
struct ActiveConfigText {
  std::string text;
  FileTexts included{};  // as they were read
  std::size_t statements_since = 0;
};

/// The whole configuration as one file, which loads even if included files have changed.
std::string whole_text(const ActiveConfigText& active, const ConfigurationSources& sources);

/// The files of the active configuration: its own and those that it includes.
std::vector<std::string> files_of(const ActiveConfigText& active,
                                  const ConfigurationSources& sources);

/// A text without errors, its configuration, and its rendered warnings.
struct BuiltText {
  ActiveConfigText active;
  Configuration configuration;
  std::string remarks;
};

/// Reads the file, which may be a pipe, and builds it. Error: the rendered diagnostics.
tl::expected<BuiltText, std::string> build_file(const ConfigurationSources& sources);
/// The same for a reload. The file must be regular, as a pipe cannot be read again.
tl::expected<BuiltText, std::string> build_file_again(const ConfigurationSources& sources);

/// Builds `text` instead of `present`, with the included files of `present` as they were read.
tl::expected<BuiltText, std::string> build_in_place(const ActiveConfigText& present,
                                                    std::string text,
                                                    const ConfigurationSources& sources);

/// Builds `present` with one more statement. Diagnostics of the statement refer to a text of its
/// own called "ctl"; those of the rest are not repeated.
tl::expected<BuiltText, std::string> build_with(const ActiveConfigText& present,
                                                std::string_view statement,
                                                const ConfigurationSources& sources);

}  // namespace apiary

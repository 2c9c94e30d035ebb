#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "config/build.h"
#include "config/personality_catalogue.h"
#include "config/source_text.h"

namespace apiary {

/// Where Debian's nmap-common puts Nmap's fingerprints.
inline constexpr const char* default_personalities_file = "/usr/share/nmap/nmap-os-db";

/// Where Debian's nmap-common and ieee-data put the makers of network cards; the first there is.
inline constexpr const char* vendor_files[] = {"/usr/share/nmap/nmap-mac-prefixes",
                                               "/usr/share/ieee-data/oui.txt"};

/// The text of a file, or a sentence that says why not.
tl::expected<std::string, std::string> read_file(const std::string& path);

/// The personalities of a file and our own, or only these and why.
struct LoadedPersonalities {
  std::unique_ptr<PersonalityCatalogue> catalogue;  // never null
  std::string problem;  // a sentence on why there are no others and what to do; mostly empty
};
LoadedPersonalities load_personalities(const std::string& path);

/// What the language takes from this machine: the names of ports (/etc/services) and of makers of
/// network cards (read when they are asked for), the files that are included, and how far its clock
/// is ahead of UTC today.
BuildSettings machine_settings();

/// A configuration file that was read, with all that is to be said about it.
struct ExaminedConfiguration {
  std::unique_ptr<SourceText> source;  // what the diagnostics refer to
  Configuration configuration;         // empty when there are errors
  Diagnostics diagnostics;             // warnings of programs that services cannot run among them
  std::string problem;                 // with the personalities; mostly empty
};

/// Reads and checks the configuration in `path`. Error: a sentence; it cannot be read.
tl::expected<ExaminedConfiguration, std::string> examine_configuration(
    const std::string& path, const std::string& personalities_path, bool keeps_origins = false);

/// A configuration file that was read and has no errors, with what there is to remark on it.
struct LoadedConfiguration {
  std::string text;  // of the file itself, without what it includes
  Configuration configuration;
  std::string remarks;  // rendered; empty when there is nothing to say
};

/// Reads and builds the configuration in `path`, with the personalities in `personalities_path`;
/// else everything that is wrong, rendered.
tl::expected<LoadedConfiguration, std::string> load_configuration(
    const std::string& path, const std::string& personalities_path);

}  // namespace apiary

#pragma once

#include <map>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "config/build.h"
#include "config/fingerprint_catalogue.h"
#include "config/source_text.h"
#include "passive/signature_database.h"
#include "posix/read_file.h"

namespace apiary {

/// Where Debian's nmap-common puts Nmap's fingerprints.
inline constexpr const char* default_personalities_file = "/usr/share/nmap/nmap-os-db";

/// Where Debian's nmap-common and ieee-data put the makers of network cards; the first there is.
inline constexpr const char* vendor_files[] = {"/usr/share/nmap/nmap-mac-prefixes",
                                               "/usr/share/ieee-data/oui.txt"};

/// Where Debian's p0f puts its signatures.
inline constexpr const char* default_signatures_file = "/etc/p0f/p0f.fp";

/// The signatures of a file, by which visitors' operating systems are known, and what there is to
/// say about it.
struct LoadedSignatures {
  std::shared_ptr<const SignatureDatabase> database;  // never null, perhaps empty
  std::string problem;                                // a sentence on why it is empty; mostly empty
  std::vector<std::string> complaints;  // a sentence on each line that was not understood
};
LoadedSignatures load_signatures(const std::string& path);
/// A sentence on each `source os = "NAME"` of `honeynet` that can never apply, as no signature is
/// of such a system.
std::vector<std::string> sentences_on_systems(const Honeynet& honeynet,
                                              const SignatureDatabase& database);

/// The personalities of a file and our own, or only these and why.
struct LoadedPersonalities {
  std::unique_ptr<FingerprintCatalogue> catalogue;  // never null
  std::string problem;  // a sentence on why there are no others and what to do; mostly empty
  std::vector<std::string> complaints;  // a sentence on each line that was not understood
};
/// "FILE:LINE: warning: ..." for each of the first lines that were not understood, and how many
/// more there are; nothing if there are none.
std::vector<std::string> sentences_on(const FingerprintComplaints& complaints,
                                      const std::string& path);
LoadedPersonalities load_personalities(const std::string& path);

/// What the language takes from this machine: the names of ports (/etc/services) and of makers of
/// network cards (read when they are asked for), the files that are included, and how far its clock
/// is ahead of UTC today.
BuildSettings machine_settings();

/// The files of a configuration, and its permissions.
struct ConfigurationSources {
  std::string configuration;  // a path
  std::string personalities = default_personalities_file;
  bool allows_spoofing = false;  // see BuildSettings
  std::string signatures = default_signatures_file;
};

/// Files that were read, by their paths.
using FileTexts = std::map<std::string, std::string>;

/// A configuration that was read, with its errors and warnings.
struct ExaminedConfiguration {
  std::unique_ptr<SourceText> source;  // what the diagnostics refer to
  Configuration configuration;         // empty when there are errors
  Diagnostics diagnostics;
  std::string problem;                  // with the personalities; mostly empty
  std::vector<std::string> complaints;  // about the file of personalities; mostly empty

  /// What the file includes, and they.
  FileTexts included() const;
  bool is_broken() const { return has_errors(diagnostics); }
};

/// Reads and checks the configuration that `sources` names, which may be a pipe. Error: a sentence;
/// it cannot be read.
tl::expected<ExaminedConfiguration, std::string> examine_configuration(
    const ConfigurationSources& sources, bool keeps_origins = false);
/// Checks `text` as if it were that file's. Error: a sentence; it is too long.
tl::expected<ExaminedConfiguration, std::string> examine_text(std::string text,
                                                              const ConfigurationSources& sources,
                                                              FileLoader load_file,
                                                              bool keeps_origins = false);

/// Gives the files that are in `known`, which outlives it, and reads the others.
FileLoader loader_of(const FileTexts& known);
/// The same, but reads no other files: for a text from a client that may not read this machine's
/// files.
FileLoader loader_of_only(const FileTexts& known);

/// All errors and warnings, for people.
std::string render(const ExaminedConfiguration& examined);

}  // namespace apiary

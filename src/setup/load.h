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

/// Nmap's fingerprints in Debian's nmap-common.
inline constexpr const char* default_personalities_file = "/usr/share/nmap/nmap-os-db";

/// The vendors of network cards in Debian's nmap-common and ieee-data; the first existing file.
inline constexpr const char* vendor_files[] = {"/usr/share/nmap/nmap-mac-prefixes",
                                               "/usr/share/ieee-data/oui.txt"};

/// p0f's signatures in Debian's p0f.
inline constexpr const char* default_signatures_file = "/etc/p0f/p0f.fp";

/// The signatures of a file, which identify visitors' operating systems, and the problems with it.
struct LoadedSignatures {
  std::shared_ptr<const SignatureDatabase> database;  // never null, perhaps empty
  std::string problem;              // a sentence on why it is empty; usually empty
  std::vector<std::string> errors;  // a sentence for each invalid line
};
LoadedSignatures load_signatures(const std::string& path);
/// A sentence for each `source os = "NAME"` of `honeynet` that can never apply, as no signature is
/// of such a system.
std::vector<std::string> sentences_on_systems(const Honeynet& honeynet,
                                              const SignatureDatabase& database);

/// The personalities of a file and the built-in ones, or only these and the reason.
struct LoadedPersonalities {
  std::unique_ptr<FingerprintCatalogue> catalogue;  // never null
  std::string problem;  // a sentence on why there are no others and what to do; usually empty
  std::vector<std::string> errors;  // a sentence for each invalid line
};
/// "FILE:LINE: warning: ..." for each of the first invalid lines, and the number of others; empty
/// if there are none.
std::vector<std::string> sentences_on(const FingerprintErrors& errors, const std::string& path);
LoadedPersonalities load_personalities(const std::string& path);

/// The settings that depend on this machine: the names of ports (/etc/services) and of vendors of
/// network cards (read at the first lookup), included files, and today's offset of local time from
/// UTC.
BuildSettings machine_settings();

/// The files of a configuration, and its permissions.
struct ConfigurationSources {
  std::string configuration;  // a path
  std::string personalities = default_personalities_file;
  TemplatePermissions permissions{};
  std::string signatures = default_signatures_file;
};

/// The texts of files, by path.
using FileTexts = std::map<std::string, std::string>;

/// A parsed configuration with its errors and warnings.
struct ExaminedConfiguration {
  std::unique_ptr<SourceText> source;  // the text that diagnostics refer to
  Configuration configuration;         // empty if there are errors
  Diagnostics diagnostics;
  std::string problem;              // with the personalities; usually empty
  std::vector<std::string> errors;  // about the file of personalities; usually empty

  /// The included files, also those included by them.
  FileTexts included() const;
  bool is_broken() const { return has_errors(diagnostics); }
};

/// Reads and checks the configuration of `sources`, which may be a pipe. Error: a sentence on why
/// it cannot be read.
tl::expected<ExaminedConfiguration, std::string> examine_configuration(
    const ConfigurationSources& sources, bool keeps_origins = false);
/// Checks `text` as if it were the text of that file. Error: a sentence; it is too long.
tl::expected<ExaminedConfiguration, std::string> examine_text(std::string text,
                                                              const ConfigurationSources& sources,
                                                              FileLoader load_file,
                                                              bool keeps_origins = false);

/// Returns files in `known`, which must outlive it, and reads others.
FileLoader loader_of(const FileTexts& known);
/// The same, but reads no other files: for texts of clients that may not read this machine's files.
FileLoader loader_of_only(const FileTexts& known);

/// All errors and warnings, for people.
std::string render(const ExaminedConfiguration& examined);

}  // namespace apiary

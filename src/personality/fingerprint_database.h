#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "personality/fingerprint.h"
#include "personality/fingerprint_reader.h"

namespace apiary {

/// A fingerprint that was asked for by name.
struct FoundFingerprint {
  const Fingerprint* fingerprint = nullptr;  // as long as the database lives
  bool by_alias = false;                     // the name is an old one; fingerprint->name is today's
};

/// All entries of a fingerprint file, and its text, which they point into. Immutable; may be moved.
class FingerprintDatabase {
 public:
  const std::vector<Fingerprint>& fingerprints() const { return fingerprints_; }

  /// The fingerprint called exactly `name`, else the one our aliases lead to. Of several with one
  /// name it is the one that answers most kinds of probes, since some were taken from behind
  /// firewalls; of equal ones the first. "NAME #2" is the second of that name, and "@LINE" the
  /// one that begins in that line of the file.
  std::optional<FoundFingerprint> find(std::string_view name) const;
  /// What was not understood of the file.
  const FingerprintComplaints& complaints() const { return complaints_; }

 private:
  friend FingerprintDatabase parse_fingerprints(std::string text);

  const Fingerprint* find_at_line(std::size_t line) const;
  const Fingerprint* find_numbered(std::string_view name, std::size_t number) const;

  std::unique_ptr<const std::string> text_;
  std::unique_ptr<std::deque<std::string>> translated_;  // lines of the first generation
  std::vector<Fingerprint> fingerprints_;
  std::unordered_map<std::string_view, std::size_t> by_name_;
  FingerprintComplaints complaints_;
};

/// Reads text in the format of nmap-os-db: comments, MatchPoints blocks (skipped), and entries of
/// Fingerprint, Class, CPE and test lines; the tests may be of Nmap's first generation, too
/// (nmap-os-fingerprints). Entries with a line that is none of these are skipped and complained of.
FingerprintDatabase parse_fingerprints(std::string text);

}  // namespace apiary

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

/// The result of a search by name.
struct FoundFingerprint {
  const Fingerprint* fingerprint = nullptr;  // as long as the database lives
  bool by_alias = false;                     // found by an old name; fingerprint->name is today's
};

/// All entries of a fingerprint file, and the text that they point into. Immutable; may be moved.
class FingerprintDatabase {
 public:
  const std::vector<Fingerprint>& fingerprints() const { return fingerprints_; }

  /// The fingerprint with exactly this name, else the one that an alias leads to. Of several with
  /// the same name, the one that answers most kinds of probes, since some were taken behind
  /// firewalls; of equal ones the first with an MSS that fits Ethernet. "NAME #2" is the second of
  /// that name, and "@LINE" the one that starts in that line of the file.
  std::optional<FoundFingerprint> find(std::string_view name) const;
  /// Errors in the file.
  const FingerprintErrors& errors() const { return errors_; }

 private:
  friend FingerprintDatabase parse_fingerprints(std::string text);

  const Fingerprint* find_at_line(std::size_t line) const;
  const Fingerprint* find_numbered(std::string_view name, std::size_t number) const;

  std::unique_ptr<const std::string> text_;
  std::unique_ptr<std::deque<std::string>> translated_;  // lines of the first generation
  std::vector<Fingerprint> fingerprints_;
  std::unordered_map<std::string_view, std::size_t> by_name_;
  FingerprintErrors errors_;
};

/// Parses text in the format of nmap-os-db: comments, MatchPoints blocks (skipped), and entries of
/// Fingerprint, Class, CPE and test lines. The tests may also be of Nmap's first generation
/// (nmap-os-fingerprints). An entry with any other line is skipped and yields a error.
FingerprintDatabase parse_fingerprints(std::string text);

}  // namespace apiary

#pragma once

#include <array>
#include <memory>
#include <string>

#include "personality/fingerprint_index.h"

namespace apiary {

/// A fingerprint that owns its texts where it differs from an entry.
class NarrowedFingerprint {
 public:
  explicit NarrowedFingerprint(const Fingerprint& entry) : fingerprint_(entry) {}

  /// Valid as long as this object and the entry's database.
  const Fingerprint& fingerprint() const { return fingerprint_; }
  /// Replaces the accepted values of an attribute that the entry has.
  void replace(NmapTest test, std::string_view attribute, std::string_view expression);
  /// Replaces a test's whole line.
  void replace_line(NmapTest test, std::string line);

 private:
  Fingerprint fingerprint_;
  std::array<std::shared_ptr<const std::string>, nmap_test_count> texts_;
};

/// Narrows `entry` to values that no entry of another name accepts, as far as possible, so that
/// scanners report only that name. It chooses no values that systems rarely show, such as replies
/// without options, and keeps the most common value unless another one helps.
NarrowedFingerprint disambiguate(const Fingerprint& entry, const FingerprintIndex& index);

}  // namespace apiary

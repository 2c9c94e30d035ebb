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

  /// Lives as long as this and the entry's database.
  const Fingerprint& fingerprint() const { return fingerprint_; }
  /// Replaces what is accepted for an attribute that the entry names.
  void replace(NmapTest test, std::string_view attribute, std::string_view expression);
  /// Replaces a test's whole line.
  void replace_line(NmapTest test, std::string line);

 private:
  Fingerprint fingerprint_;
  std::array<std::shared_ptr<const std::string>, nmap_test_count> texts_;
};

/// Narrows what `entry` accepts to values that no entry of another name accepts, as far as there
/// are such: a machine of those is known by that name alone. Values that systems rarely show, such
/// as answers without options, are not chosen for it, nor others than usual where they do not help.
NarrowedFingerprint disambiguate(const Fingerprint& entry, const FingerprintIndex& index);

}  // namespace apiary

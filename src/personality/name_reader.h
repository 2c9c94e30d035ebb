#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "personality/phrase_book.h"
#include "personality/system_name.h"

namespace apiary {

/// Parses names with tables of families, vendors and devices: the built-in ones and additions.
class NameReader {
 public:
  NameReader();

  /// The family or vendor of that name; adds it if it is new.
  std::size_t add_family(std::string_view name) { return families_.add(name); }
  std::size_t add_vendor(std::string_view name) { return vendors_.add(name); }

  SystemName read(std::string_view name) const { return read(tokens_of(name)); }
  SystemName read(const std::vector<NameToken>& tokens) const;

  const std::string& family_name(std::size_t family) const { return families_.names[family]; }
  const std::string& vendor_name(std::size_t vendor) const { return vendors_.names[vendor]; }
  /// Related families to use if `family` has no entry, nearest first.
  const std::vector<std::size_t>& related_to(std::size_t family) const;
  /// The successors of `vendor`, in order.
  std::vector<std::size_t> successors_of(std::size_t vendor) const;
  bool is_distribution(std::size_t family) const {  // of Linux
    return !related_to(family).empty() && related_to(family).back() == linux_ && family != linux_;
  }
  bool is_windows(std::size_t family) const { return family == windows_ || family == windows_9x_; }

  std::size_t family_count() const { return families_.names.size(); }
  std::size_t vendor_count() const { return vendors_.names.size(); }

 private:
  struct Names {
    PhraseBook phrases;
    std::vector<std::string> names;
    std::size_t add(std::string_view name);
  };
  class Pass;

  Names families_, vendors_;
  PhraseBook devices_;
  std::vector<std::vector<std::size_t>> kin_;      // by family
  std::vector<std::optional<std::size_t>> later_;  // by vendor
  std::size_t windows_ = 0, windows_9x_ = 0, solaris_ = 0, sunos_ = 0, mac_os_ = 0, mac_os_x_ = 0,
              linux_ = 0;
};

}  // namespace apiary

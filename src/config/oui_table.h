#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/vendor_catalogue.h"

namespace apiary {

/// A list of vendors and their MAC address prefixes.
class OuiTable final : public VendorCatalogue {
 public:
  /// Parses lines that begin with six hexadecimal digits and end with a name, as in
  /// nmap-mac-prefixes and IEEE's oui.txt. Ignores other lines and group addresses.
  static OuiTable parse(std::string_view text);

  bool empty() const { return entries_.empty(); }

  /// Ignores case. Finds the vendor with exactly this name; else all whose names contain all of its
  /// words: "cisco" is both Cisco Systems and Cisco Meraki. Else finds a substitute: a vendor whose
  /// name has other word breaks ("Dlink"), another name (other_vendor_names()) or a typing error,
  /// or the vendor of the most common cards. Fails only for a name without a letter or digit.
  tl::expected<FoundVendor, std::string> find(std::string_view vendor) const override;

 private:
  struct Entry {
    std::string name;       // as written
    std::string lowercase;  // its words, with a blank before and behind each
    std::string letters;    // the same without the blanks
    Oui prefix;
  };
  /// The prefixes of the first vendor for which `is_meant` is true, and of all with the same name.
  template <typename Predicate>
  std::optional<FoundVendor> first(const Predicate& is_meant) const;
  std::optional<FoundVendor> find_substitute(std::string_view vendor) const;
  std::optional<FoundVendor> nearest(std::string_view vendor) const;

  std::vector<Entry> entries_;
};

}  // namespace apiary

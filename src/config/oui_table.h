#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/vendor_catalogue.h"

namespace apiary {

/// A list of vendors and their prefixes, as packages have it.
class OuiTable final : public VendorCatalogue {
 public:
  /// Reads lines that begin with six hexadecimal digits and end with a name: those of
  /// nmap-mac-prefixes, and of IEEE's oui.txt. Ignores all others, and prefixes of groups.
  static OuiTable parse(std::string_view text);

  bool empty() const { return entries_.empty(); }

  /// Upper and lower case are the same. Whoever has exactly the name; else all whose names hold all
  /// of its words: "cisco" is Cisco Systems and Cisco Meraki, too. Else, as a stand-in, who has the
  /// name written in other words ("Dlink"), is known by another name (other_vendor_names()), has
  /// one that is a slip away, or makes the most common cards. Only a name without a letter or digit
  /// is unknown.
  tl::expected<FoundVendor, std::string> find(std::string_view vendor) const override;

 private:
  struct Entry {
    std::string name;       // as written
    std::string lowercase;  // its words, with a blank before and behind each
    std::string letters;    // these without the blanks
    Oui prefix;
  };
  /// The prefixes of the first vendor that `is_meant`, and of all who have its name.
  template <typename Predicate>
  std::optional<FoundVendor> first(const Predicate& is_meant) const;
  std::optional<FoundVendor> stand_in_for(std::string_view vendor) const;
  std::optional<FoundVendor> nearest(std::string_view vendor) const;

  std::vector<Entry> entries_;
};

}  // namespace apiary

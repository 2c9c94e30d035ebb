#pragma once

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
  /// of its words: "cisco" is Cisco Systems and Cisco Meraki, too.
  tl::expected<std::vector<Oui>, UnknownVendor> find(std::string_view vendor) const override;

 private:
  struct Entry {
    std::string name;       // as written
    std::string lowercase;  // its words, with a blank before and behind each
    Oui prefix;
  };
  UnknownVendor nearest(std::string_view vendor, const std::string& words) const;

  std::vector<Entry> entries_;
};

}  // namespace apiary

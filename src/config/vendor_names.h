#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace apiary {

/// " cisco systems ": the words of a vendor's name in lower case, with a blank before and after
/// each. All but letters and digits separates words.
std::string vendor_words(std::string_view name);

/// The letters and digits of a name in lower case: the same for "cisco systems" and
/// "Cisco-Systems".
std::string vendor_letters(std::string_view name);

/// Other names under which a list may have the vendor `name`, the likeliest first: without its last
/// words, which often are its legal form or line of business, and the names of its successors. In
/// the form of vendor_words().
std::vector<std::string> other_vendor_names(std::string_view name);

}  // namespace apiary

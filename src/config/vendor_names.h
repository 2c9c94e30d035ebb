#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace apiary {

/// " cisco systems ": the words of a vendor's name in lower case, with a blank before and behind
/// each. What is neither letter nor digit separates words.
std::string vendor_words(std::string_view name);

/// "cisco systems" and "Cisco-Systems" as one: the name's letters and digits, in lower case.
std::string vendor_letters(std::string_view name);

/// Other names under which a list may have the vendor `name`, the most likely first: without its last
/// words, which often are its legal form or line of business, and the names of its buyers. They are
/// written as vendor_words() writes them.
std::vector<std::string> other_vendor_names(std::string_view name);

}  // namespace apiary

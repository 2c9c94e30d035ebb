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

/// Under which names a vendor whom today's lists do not have by `name` may be in them, the most
/// likely first: without the last words, which often say its legal form or line of business, and
/// those of who bought it. As vendor_words() writes them.
std::vector<std::string> other_vendor_names(std::string_view name);

}  // namespace apiary

#pragma once

#include <string_view>

namespace apiary {

/// The replacement of an option of honeyd(8), 0.5 to 1.6d, that Apiary lacks, such as "-p".
/// Empty: Honeyd has no such option.
std::string_view replacement_of_honeyd_option(std::string_view name);

}  // namespace apiary

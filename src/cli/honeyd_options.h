#pragma once

#include <string_view>

namespace apiary {

/// What to write in place of an option of honeyd(8), 0.5 to 1.6d, which is not one of ours: "-p".
/// Empty: Honeyd has none such.
std::string_view in_place_of_honeyd_option(std::string_view name);

}  // namespace apiary

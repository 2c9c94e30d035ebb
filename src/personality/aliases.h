#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace apiary {

/// Names of the first generation of Nmap's fingerprints (until 2006), as Honeyd's configurations
/// contain them, and the nearest entry of today's database, in our judgement. Old names that
/// today's database still has need no alias.
std::optional<std::string_view> find_alias(std::string_view old_name);

struct Alias {
  std::string_view old_name, name;
};
/// All aliases, sorted by old name.
std::span<const Alias> all_aliases();

}  // namespace apiary

#pragma once

#include <span>
#include <string_view>

namespace apiary {

/// A family of operating systems, with all names that vendors and Nmap's generations gave it.
struct SystemFamily {
  std::string_view names;  // "HP-UX|HPUX"; the first is the name we use
  std::string_view kin;    // substitutes if a database lacks the family, nearest first
};

/// Families of systems in Honeyd's configurations: their vendors and their descent. Other families
/// come from a database's Class lines.
std::span<const SystemFamily> system_families();

/// Vendors that were bought or renamed, with their successor.
struct VendorName {
  std::string_view name, vendor;
};
std::span<const VendorName> vendor_names();

}  // namespace apiary

#pragma once

#include <span>
#include <string_view>

namespace apiary {

/// A family of operating systems, by all the names that makers and Nmap's generations gave it.
struct SystemFamily {
  std::string_view names;  // "HP-UX|HPUX"; the first is the one we call it
  std::string_view kin;    // families to take where a database has none of it, the nearest first
};

/// What we know of the families of systems that Honeyd's configurations name: facts of their
/// makers and their descent. Families that are not here are taken from a database's Class lines.
std::span<const SystemFamily> system_families();

/// Names of vendors that were bought by, or are now called, another.
struct VendorName {
  std::string_view name, vendor;
};
std::span<const VendorName> vendor_names();

}  // namespace apiary

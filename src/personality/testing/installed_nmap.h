#pragma once

// For tests only: the database of Debian's nmap-common, which the repository has no part of.

#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <utility>

#include "personality/fingerprint_database.h"

namespace apiary {

/// Nothing if it is not installed; then prints how to get it, and the test should be skipped.
inline std::optional<FingerprintDatabase> installed_nmap() {
  std::ifstream file("/usr/share/nmap/nmap-os-db");
  if (!file) {
    std::cout << "\n*** SKIPPED: no nmap-os-db; apt install nmap-common ***\n\n";
    return {};
  }
  std::ostringstream text;
  text << file.rdbuf();
  return parse_fingerprints(std::move(text).str());
}

}  // namespace apiary

#pragma once

// For tests only: fingerprints and personalities from a few lines in nmap-os-db's format.

#include <stdexcept>
#include <string>

#include "personality/fingerprint_database.h"
#include "personality/personality.h"

namespace apiary {

/// The database whose one fingerprint, called "test", has these test lines.
inline FingerprintDatabase database_of(std::string_view lines) {
  auto database = parse_fingerprints("Fingerprint test\n" + std::string(lines));
  if (const auto& errors = database.errors().first; !errors.empty())
    throw std::invalid_argument(errors.front().message);
  return database;
}

inline Personality personality_of(std::string_view lines) {
  return compile_personality(database_of(lines).fingerprints().front());
}

}  // namespace apiary

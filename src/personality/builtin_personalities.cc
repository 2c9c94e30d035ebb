#include "personality/builtin_personalities.h"

#include <cassert>

#include "personality/personality.h"

namespace apiary {

const FingerprintDatabase& builtin_personalities() {
  static const FingerprintDatabase database = [] {
    auto parsed = parse_fingerprints(std::string(builtin_personalities_text()));
    assert(parsed.errors().lines == 0);
    return parsed;
  }();
  return database;
}

Personality generic_personality() {
  return compile_personality(*builtin_personalities().find("generic")->fingerprint);
}

}  // namespace apiary

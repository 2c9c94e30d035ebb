#include "personality/own_personalities.h"

#include <cassert>

#include "personality/personality.h"

namespace apiary {

const FingerprintDatabase& own_personalities() {
  static const FingerprintDatabase database = [] {
    auto parsed = parse_fingerprints(std::string(own_personalities_text()));
    assert(parsed.complaints().lines == 0);
    return parsed;
  }();
  return database;
}

Personality generic_personality() {
  return compile_personality(*own_personalities().find("generic")->fingerprint);
}

}  // namespace apiary

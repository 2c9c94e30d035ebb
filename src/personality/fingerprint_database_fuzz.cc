// Any text is read as a file of fingerprints, of either generation, or explained by a line it has;
// what was read compiles and is found by its name.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "personality/fingerprint_database.h"
#include "personality/personality.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  const auto database = apiary::parse_fingerprints(text);
  if (!database) {
    const auto& error = database.error();
    if (error.line < 1 || error.line > lines || error.message.empty()) std::abort();
    return 0;
  }
  for (const auto& fingerprint : database->fingerprints()) {
    (void)apiary::compile_personality(fingerprint);
    (void)database->find(fingerprint.name);
  }
  (void)database->nearest_names(text.substr(0, 40));
  return 0;
}

// Parses any text as a fingerprint file of either generation. Complaints name existing lines.
// Parsed entries compile and are found by their names, and any name can be compared with them.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "personality/fingerprint_database.h"
#include "personality/name_resolver.h"
#include "personality/personality.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  const auto database = apiary::parse_fingerprints(text);
  for (const auto& [line, message] : database.errors().first)
    if (line < 1 || line > lines || message.empty()) std::abort();
  for (const auto& fingerprint : database.fingerprints()) {
    (void)apiary::compile_personality(fingerprint);
    if (!database.find(fingerprint.name)) std::abort();
  }
  const apiary::NameResolver resolver(database);
  if (resolver.nearest(text.substr(0, 40), 3).size() > database.fingerprints().size()) std::abort();
  return 0;
}

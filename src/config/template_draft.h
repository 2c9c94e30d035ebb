#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "config/diagnostic.h"
#include "config/source_locations.h"
#include "honeynet/host_template.h"

namespace apiary {

class NicRegistry;
class PersonalityCache;

/// A template whose statements are being carried out.
struct TemplateDraft {
  std::shared_ptr<HostTemplate> contents{};  // null: not created yet, or deleted
  TemplateLocations origins{};               // created: where it is, or will be
  std::optional<Span> random{};              // where it is said that chance gives its personality
  std::string seed{};
};

/// What statements about traits may use.
struct TraitUse {
  Span target, place;  // of the template's name and of the value, in the statement
  PersonalityCache& personalities;
  NicRegistry& nics;
  bool allows_spoofing;
  Diagnostics& diagnostics;
};

/// The same for the same text, everywhere and always (FNV-1a).
inline std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return mix_bits(hash);
}

}  // namespace apiary

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "config/diagnostic.h"
#include "config/source_locations.h"
#include "honeynet/host_template.h"

namespace apiary {

class NicRegistry;
class PersonalityCache;

/// A template while its statements are applied.
struct TemplateDraft {
  std::shared_ptr<HostTemplate> contents{};  // null: not created yet, or deleted
  TemplateLocations origins{};   // `created`: the statement that creates it, perhaps later
  std::optional<Span> random{};  // place of `personality random`
  std::string seed{};
};

/// The features that the options of `apiary run` let templates use.
struct TemplatePermissions {
  bool spoofing = false;  // else `spoof` has no effect, and yields a warning
  /// The users and groups that `uid` and `gid` may name; nothing: any.
  std::optional<std::vector<std::uint32_t>> ids{};
};

/// Context for applying a trait.
struct TraitUse {
  Span target, place;  // places of the template's name and of the value
  PersonalityCache& personalities;
  NicRegistry& nics;
  const TemplatePermissions& permissions;
  Diagnostics& diagnostics;
};

/// A hash that is the same on all machines and versions (FNV-1a).
inline std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return mix_bits(hash);
}

}  // namespace apiary

#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/time.h"

namespace apiary {

/// A unique identifier, sorted by time: 48 bits of milliseconds since 1970, a 32-bit counter within
/// each, 48 bits of the daemon. Written as a ULID.
struct EventId {
  std::uint64_t high = 0, low = 0;
  auto operator<=>(const EventId&) const = default;
};

/// Twenty-six characters of Crockford's base 32; they sort like the ids.
std::string to_string(const EventId& id);
void append(std::string& text, const EventId& id);

/// Generates ids, each greater than the one before.
class EventIds {
 public:
  /// `daemon` should be random: daemons with different low 48 bits never generate the same id.
  explicit EventIds(std::uint64_t daemon) : daemon_(daemon & 0xffff'ffff'ffff) {}
  EventId next(Instant now);

 private:
  std::uint64_t daemon_, millisecond_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace apiary

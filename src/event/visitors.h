#pragma once

#include <array>
#include <vector>

#include "base/flow_hash.h"
#include "base/json_writer.h"
#include "base/lru_map.h"
#include "event/event.h"

namespace apiary {

/// Sources of the last hour, with their events in each minute and the hosts that they contacted
/// last. Bounded; evicts the source silent for longest.
class Visitors {
 public:
  static constexpr std::size_t max_visitors = 8'192;  // about 700 bytes each
  static constexpr std::size_t max_listed = 200;      // those with most events
  static constexpr std::size_t minutes_remembered = 60;
  static constexpr std::size_t hosts_remembered = 12;  // per source, the latest

  explicit Visitors(const HashKey& hash_key) : visitors_(max_visitors, FlowHash{hash_key}) {}

  void note(const Event& event);

  /// Appends the members until, step_seconds, steps, visitors and others, as docs/web.md
  /// describes them.
  void append_to(JsonWriter& json, Instant now) const;

 private:
  struct ContactedHost {
    IpAddress host;
    Instant first{}, last{};
  };
  struct Visitor {
    Instant last{};
    std::int64_t minute = 0;                                 // the newest counted one, since 1970
    std::array<std::uint32_t, minutes_remembered> counts{};  // by minute, a ring
    std::array<ContactedHost, hosts_remembered> hosts{};     // the newest first
  };
  struct Listed {
    IpAddress address;
    const Visitor* visitor;
    std::uint64_t events;  // of the hour
  };

  static void count(Visitor& visitor, std::int64_t minute);
  static void note_host(Visitor& visitor, const IpAddress& host, Instant at);
  static std::uint32_t count_of(const Visitor& visitor, std::int64_t minute);
  static void append(JsonWriter& json, const Listed& listed, std::int64_t first_minute);

  LruMap<IpAddress, Visitor, FlowHash> visitors_;
};

}  // namespace apiary

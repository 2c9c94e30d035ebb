#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/lru_map.h"
#include "event/event.h"

namespace apiary {

/// Folds the packets that started no conversation into contacts: the first from a source to a host
/// is told at once, those that follow are counted and told in sum when the source has gone quiet.
class ContactBook {
 public:
  static constexpr Duration quiet_time = seconds{10};
  static constexpr std::size_t contacts_limit = 65'536;

  explicit ContactBook(std::size_t capacity = contacts_limit) : contacts_(capacity) {}

  /// Notes a packet; appends the lines it is worth, most often none.
  void note(const Probed& probe, std::vector<std::string>& lines);
  /// Appends a line for every contact that is quiet by now.
  void on_time(Instant now, std::vector<std::string>& lines);
  /// When on_time() next has something to do; Instant::max() when never.
  Instant next_due();
  /// Appends what there is still to say of all of them.
  void finish(std::vector<std::string>& lines);

 private:
  struct Pair {
    IpAddress source, host;
    bool operator==(const Pair&) const = default;
  };
  struct PairHash {
    std::size_t operator()(const Pair& pair) const noexcept {
      return std::hash<IpAddress>{}(pair.source) * 31 + std::hash<IpAddress>{}(pair.host);
    }
  };
  struct Contact {
    Instant last{};
    std::array<std::uint64_t, 3> more{};  // packets after the first: ICMP, TCP, UDP
  };
  void close_oldest(std::vector<std::string>& lines);

  LruMap<Pair, Contact, PairHash> contacts_;
};

}  // namespace apiary

#pragma once

#include <optional>
#include <vector>

#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "host/limits.h"
#include "host/packet_sender.h"
#include "personality/personality.h"
#include "telemetry/counters.h"
#include "wire/ip.h"

namespace apiary {

/// Reassembles fragments (RFC 791 section 3.2, RFC 1122 section 3.3.2). Bounded in bytes and in
/// datagrams; evicts the oldest. If fragments overlap, the policy of the operating system decides
/// which bytes count. Ignores exact repetitions.
class Reassembly {
 public:
  Reassembly(const Limits& limits, const HashKey& hash_key, Counters& counters)
      : limits_(limits),
        pending_(limits.reassembly_datagrams, KeyHash{hash_key}),
        counters_(counters) {}

  /// Adds a fragment whose replies leave by `way`. Returns the datagram when it is complete; it
  /// points into this object and is valid until the next call. REQUIRES: policy != refuse.
  std::optional<IpDatagram> add(Instant now, const IpDatagram& fragment, FragmentPolicy policy,
                                const SavedReplyRoute& way);

  /// A datagram that was not complete in time, but has its first fragment.
  struct Expired {
    IpDatagram first;  // points into the Reassembly; valid until the next call
    SavedReplyRoute way;
  };
  /// Discards datagrams that were not complete in time, up to the next one with its first fragment,
  /// and returns that. Nothing: it discarded all.
  std::optional<Expired> take_expired(Instant now);
  Instant next_due() {
    const auto [key, pending] = pending_.oldest();
    return pending == nullptr ? Instant::max() : pending->since + limits_.reassembly_time;
  }

  std::size_t held_bytes() const { return held_bytes_; }

 private:
  struct Key {
    IpAddress source, destination;
    std::uint16_t identification = 0;
    std::uint8_t protocol = 0;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    HashKey key;
    std::size_t operator()(const Key& k) const noexcept {
      return FlowHash{key}(FlowKey{{k.source, Port{k.identification}},
                                   {k.destination, Port{}},
                                   static_cast<IpProtocol>(k.protocol)});
    }
  };
  /// A range of the payload: [start, end).
  struct Extent {
    std::size_t start, end;
    bool operator==(const Extent&) const = default;
  };
  /// The bytes of a fragment that count, or a part of them.
  struct Piece {
    std::size_t offset;
    std::vector<std::uint8_t> bytes;
    Extent fragment;  // as received, which policies use
    std::size_t end() const { return offset + bytes.size(); }
  };
  using Pieces = std::vector<Piece>;
  struct Pending {
    Instant since{};
    SavedReplyRoute way{};
    std::vector<std::uint8_t> header;  // of the first fragment, with its options
    Pieces pieces;                     // in order, not overlapping; of 8 bytes or more but the last
    std::size_t total_bytes = 0;       // of the payload; 0 before the last fragment
    std::size_t cost_bytes = 0;
  };

  bool store(Pending& pending, const IpDatagram& fragment, FragmentPolicy policy);
  static bool holds(const Pieces& pieces, Pieces::const_iterator at, const Extent& added);
  static bool new_one_counts(FragmentPolicy policy, const Extent& old, const Extent& added);
  static void overlay(Pending& pending, Bytes payload, const Extent& added, FragmentPolicy policy);
  std::optional<IpDatagram> finish(const Pending& pending);
  void discard(const Key& key);
  void make_room();

  static constexpr std::size_t cost_per_piece_bytes = 64;

  const Limits& limits_;
  LruMap<Key, Pending, KeyHash> pending_;
  Counters& counters_;
  std::size_t held_bytes_ = 0;
  std::vector<std::uint8_t> whole_;  // the last complete or discarded datagram
};

}  // namespace apiary

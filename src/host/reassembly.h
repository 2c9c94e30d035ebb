#pragma once

#include <optional>
#include <vector>

#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "host/limits.h"
#include "host/packet_sender.h"
#include "personality/personality.h"
#include "telemetry/counters.h"
#include "wire/ipv4.h"

namespace apiary {

/// Puts fragments together (RFC 791 section 3.2, RFC 1122 section 3.3.2). Bounded in bytes and in
/// datagrams; evicts the oldest. If fragments overlap, the system's policy decides whose bytes
/// count; an exact repetition is ignored.
class Reassembly {
 public:
  Reassembly(const Limits& limits, const HashKey& hash_key, Counters& counters)
      : limits_(limits),
        pending_(limits.reassembly_datagrams, KeyHash{hash_key}),
        counters_(counters) {}

  /// Adds a fragment that came by `way`. Returns the datagram once it is whole; it points into this
  /// object and is valid until the next call. REQUIRES: policy != refuse.
  std::optional<IpDatagram> add(Instant now, const IpDatagram& fragment, FragmentPolicy policy,
                                const SavedReplyRoute& way);

  /// A datagram that did not become whole in time, of which at least the first fragment came.
  struct Lapsed {
    IpDatagram first;  // points into the Reassembly; valid until the next call
    SavedReplyRoute way;
  };
  /// Forgets what did not become whole in time: all up to the next of which the first fragment
  /// came, and gives that; nothing: all.
  std::optional<Lapsed> take_lapsed(Instant now);
  Instant next_due();

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
  /// Where bytes lie in the payload: [start, end).
  struct Extent {
    std::size_t start, end;
    bool operator==(const Extent&) const = default;
  };
  /// What counts of a fragment, or a part of that.
  struct Piece {
    std::size_t offset;
    std::vector<std::uint8_t> bytes;
    Extent fragment;  // as it came, which is what policies look at
    std::size_t end() const { return offset + bytes.size(); }
  };
  struct Pending {
    Instant since{};
    SavedReplyRoute way{};
    std::vector<std::uint8_t> header;  // of the first fragment, with its options
    std::vector<Piece> pieces;         // in order, not overlapping
    std::size_t total_bytes = 0;       // of the payload; 0 until the last fragment came
    std::size_t cost_bytes = 0;
  };

  bool store(Pending& pending, const IpDatagram& fragment, FragmentPolicy policy);
  static bool new_one_counts(FragmentPolicy policy, const Extent& old, const Extent& added);
  static void overlay(Pending& pending, Bytes payload, const Extent& added, FragmentPolicy policy);
  std::optional<IpDatagram> finish(const Pending& pending);
  void discard(const Key& key);
  void make_room();

  static constexpr std::size_t max_pieces = 8192;  // 64 KiB in the smallest pieces
  static constexpr std::size_t cost_per_piece_bytes = 64;

  const Limits& limits_;
  LruMap<Key, Pending, KeyHash> pending_;
  Counters& counters_;
  std::size_t held_bytes_ = 0;
  std::vector<std::uint8_t> whole_;  // the datagram last put together, or given up
};

}  // namespace apiary

#pragma once

#include <array>
#include <bit>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/huge_page_vector.h"
#include "base/keyed_hash.h"
#include "base/prefetch.h"
#include "base/time.h"
#include "passive/signature_database.h"

namespace apiary {

/// An operating system of visitors, by its number in this engine.
struct SystemId {
  std::uint16_t number = 0;  // 0: unknown
  bool operator==(const SystemId&) const = default;
};

/// The operating systems of visitors, identified by their SYNs, and these SYNs. An entry is valid
/// for some minutes, as in Honeyd. The tables have a fixed size, 12 and 72 bytes a slot: a new
/// entry replaces the previous one in its slot.
class VisitorSystems {
 public:
  static constexpr Duration known_for = minutes{5};

  VisitorSystems(std::size_t slots, std::size_t syn_slots, const HashKey& hash_key)
      : key_(hash_key), slots_(slots), syns_(syn_slots) {}

  /// Switches to `next`, which is not null. Returns the previous database.
  std::shared_ptr<const SignatureDatabase> adopt(std::shared_ptr<const SignatureDatabase> next);

  /// Stores `syn` in `datagram`, and the system that sent it. One that matches no signature changes
  /// no system. Without signatures, nothing is stored.
  void note(Instant now, const IpDatagram& datagram, const TcpSegment& syn);
  /// The system of `visitor`, if known.
  SystemId of(const IpAddress& visitor, Instant now) const;
  /// "Linux 3.11 and newer"; empty: unknown. Valid as long as this object.
  std::string_view name(SystemId id) const { return names_[id.number]; }
  std::string_view name_of(const IpAddress& visitor, Instant now) const {
    return name(of(visitor, now));
  }
  /// The last SYN of `visitor`, if known.
  std::optional<SynShape> syn_of(const IpAddress& visitor, Instant now) const;
  /// Both of name_of() and syn_of().
  struct Visitor {
    std::string_view system;
    std::optional<SynShape> syn;
  };
  Visitor known(const IpAddress& visitor, Instant now) const;
  /// Fetches what the others read of `visitor` into the processor's cache.
  void prefetch(const IpAddress& visitor) const {
    const Found at = find(visitor);
    apiary::prefetch(slots_[at.slot]);
    apiary::prefetch(syns_[at.syn_slot]);
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;    // 0: empty
    std::uint32_t noted = 0;  // in seconds since the epoch
    SystemId system;
  };
  struct SynSlot {
    std::uint32_t tag = 0, noted = 0;  // as in Slot
    SynShape syn;
  };
  /// What the database says of a SYN. The SYNs of a scan are the same.
  struct Match {
    SynShape syn;
    std::optional<std::uint16_t> system;  // as SignatureDatabase::match()
  };
  struct Found {
    std::size_t slot, syn_slot;
    std::uint32_t tag;
  };
  Found find(const IpAddress& visitor) const {
    // Not table_hash(), since conditions of templates depend on who shares a slot.
    const auto halves = std::bit_cast<std::array<std::uint64_t, 2>>(visitor.bytes());
    const std::uint64_t hash =
        mix_bits(key_.low ^ mix_bits(key_.high ^ halves[1]) ^ mix_bits(halves[0]));
    const std::uint64_t low = hash & 0xffffffff;
    return {low * slots_.size() >> 32, low * syns_.size() >> 32,
            static_cast<std::uint32_t>(hash >> 32) | 1};  // never that of an empty slot
  }
  SystemId id_of(const std::string& name);
  SystemId system_at(const Found& at, std::uint32_t now) const;
  std::optional<SynShape> syn_at(const Found& at, std::uint32_t now) const;

  std::shared_ptr<const SignatureDatabase> database_ = std::make_shared<const SignatureDatabase>();
  std::vector<SystemId> ids_;                     // of the database's systems
  std::deque<std::string> names_{std::string()};  // by number, including those of earlier databases
  std::optional<Match> last_match_;
  HashKey key_;
  HugePageVector<Slot> slots_;
  HugePageVector<SynSlot> syns_;
};

}  // namespace apiary

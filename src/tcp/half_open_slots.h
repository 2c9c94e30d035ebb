#pragma once

#include <cstdint>
#include <vector>

#include "base/huge_page_vector.h"
#include "base/numbers.h"
#include "base/time.h"
#include "personality/reply.h"
#include "tcp/linear_buckets.h"

namespace apiary {

/// An entry of HalfOpenTable.
struct HalfOpenSlot {
  std::uint32_t visitor = 0, host = 0;  // IPv4 addresses
  std::uint16_t visitor_port = 0, host_port = 0;
  SeqNumber visitor_isn, isn;
  std::uint32_t visitor_timestamp = 0;
  SynSummary syn;
  std::uint32_t due = 0;                 // in ticks of HalfOpenTable
  std::uint32_t host_template : 20 = 0;  // of its Pin in templates_
  std::uint32_t visitor_system : 12 = 0;
  std::uint32_t next_in_bucket : 24 = LinearBuckets::empty;
  std::uint32_t exit : 8 = 0;            // in exits_
  std::uint32_t next_in_queue : 24 = 0;  // also links free slots
  std::uint32_t retransmissions : 4 = 0;
  std::uint32_t syns : 3 = 0;
  std::uint32_t is_live : 1 = 0;
};
static_assert(sizeof(HalfOpenSlot) == 44);

/// Until the entry's next retransmission, as Connection::arm_retransmission() has it.
inline Duration wait_of(const HalfOpenSlot& slot, const RetransmissionRule& rule) {
  return syn_ack_wait(rule, static_cast<int>(slot.retransmissions), slot.isn.value);
}

/// The slots of a table that grows as it is used, and moves none.
class HalfOpenSlots {
 public:
  static constexpr std::uint32_t none = LinearBuckets::empty;

  HalfOpenSlot& operator[](std::uint32_t slot) {
    return chunks_[slot >> chunk_bits][slot & chunk_mask];
  }
  const HalfOpenSlot& operator[](std::uint32_t slot) const {
    return chunks_[slot >> chunk_bits][slot & chunk_mask];
  }
  /// Free slots included.
  std::uint32_t size() const { return size_; }

  /// Makes sure that take() has a slot. Returns false if there can be no more.
  bool has_room() {
    if (first_free_ != none) return true;
    if (size_ == none) return false;
    if (size_ >> chunk_bits == chunks_.size()) chunks_.emplace_back(1 << chunk_bits);
    give_back(size_++);
    return true;
  }
  /// A free slot. REQUIRES: has_room() was called.
  std::uint32_t take() {
    const std::uint32_t slot = first_free_;
    first_free_ = (*this)[slot].next_in_queue;
    return slot;
  }
  void give_back(std::uint32_t slot) {
    (*this)[slot].next_in_queue = first_free_ & none;
    first_free_ = slot;
  }

 private:
  static constexpr unsigned chunk_bits = 16;  // more than a huge page
  static constexpr std::uint32_t chunk_mask = (1U << chunk_bits) - 1;

  std::vector<HugePageVector<HalfOpenSlot>> chunks_;
  std::uint32_t size_ = 0, first_free_ = none;
};

}  // namespace apiary

#include "device/packet_ring.h"

#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/prefetch.h"
#include "wire/ethernet.h"

namespace apiary {
namespace {

constexpr std::size_t block_bytes = std::size_t{256} << 10;
// 18,000 frames of an ordinary MTU: a scan at 150,000/s fills that in 120 ms, longer than a busy
// machine makes a process wait. Less if the kernel has no memory for it.
constexpr std::uint32_t max_blocks = 128, min_blocks = 16;
constexpr std::size_t cache_line_bytes = 64, header_bytes = 80;  // of link, IP, transport

/// The status word of a slot: it says whether the kernel or the program owns the slot.
std::atomic_ref<std::uint32_t> status_of(std::uint8_t* slot) {
  static_assert(offsetof(tpacket2_hdr, tp_status) == 0);
  return std::atomic_ref<std::uint32_t>(*reinterpret_cast<std::uint32_t*>(slot));
}

bool create(int socket, std::uint32_t slot_bytes, std::uint32_t blocks, std::uint32_t slots) {
  const tpacket_req request{.tp_block_size = block_bytes,
                            .tp_block_nr = blocks,
                            .tp_frame_size = slot_bytes,
                            .tp_frame_nr = slots};
  return setsockopt(socket, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) == 0;
}

}  // namespace

tl::expected<PacketRing, SystemError> PacketRing::attach(int socket, std::size_t slot_bytes) {
  const int version = TPACKET_V2;
  if (setsockopt(socket, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0)
    return tl::unexpected(last_privileged_error("choosing TPACKET_V2"));

  // An odd number of cache lines: slots at multiples of a power of 2 would share few sets of the
  // cache, and evict each other.
  const std::size_t lines = (slot_bytes + cache_line_bytes - 1) / cache_line_bytes | 1;
  Layout layout{.slot_bytes = static_cast<std::uint32_t>(lines * cache_line_bytes)};
  layout.slots_per_block = static_cast<std::uint32_t>(block_bytes / layout.slot_bytes);
  layout.blocks = max_blocks;
  while (!create(socket, layout.slot_bytes, layout.blocks, layout.slots())) {
    if (errno != ENOMEM || layout.blocks <= min_blocks)
      return tl::unexpected(last_privileged_error("creating the receive ring"));
    layout.blocks /= 2;
  }
  void* const memory =
      mmap(nullptr, layout.blocks * block_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, socket, 0);
  if (memory == MAP_FAILED)
    return tl::unexpected(last_privileged_error("mapping the receive ring"));
  return PacketRing(static_cast<std::uint8_t*>(memory), layout);
}

PacketRing::PacketRing(PacketRing&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)),
      layout_(other.layout_),
      next_(other.next_),
      taken_(other.taken_) {}

PacketRing::~PacketRing() {
  if (memory_ != nullptr) munmap(memory_, layout_.blocks * block_bytes);
}

std::uint8_t* PacketRing::slot_at(std::uint32_t index) const {
  const std::uint32_t block = index / layout_.slots_per_block;
  return memory_ + std::size_t{block} * block_bytes +
         std::size_t{index - block * layout_.slots_per_block} * layout_.slot_bytes;
}

bool PacketRing::has_frames() const {
  return (status_of(slot_at(next_)).load(std::memory_order_relaxed) & TP_STATUS_USER) != 0;
}

bool PacketRing::take(Slot& slot) {
  if (taken_ == layout_.slots()) return false;
  std::uint8_t* const start = slot_at(next_);
  const std::uint32_t status = status_of(start).load(std::memory_order_acquire);
  if ((status & TP_STATUS_USER) == 0) return false;

  tpacket2_hdr header;
  std::memcpy(&header, start, sizeof header);
  slot = {.bytes = {start + header.tp_mac, header.tp_snaplen},
          .frame_bytes = header.tp_len,
          .whole_on_socket = (status & TP_STATUS_COPY) != 0,
          .checksum_pending = (status & TP_STATUS_CSUMNOTREADY) != 0,
          .arrival = seconds{header.tp_sec} + nanoseconds{header.tp_nsec},
          .vlan = (status & TP_STATUS_VLAN_VALID) == 0
                      ? std::uint16_t{0}
                      : static_cast<std::uint16_t>(header.tp_vlan_tci & vlan_id_bits)};
  // The headers of the frame are read soon, and the next slot even sooner. Both are in the cache of
  // the processor that received them.
  prefetch(slot.bytes.data(), header_bytes);
  next_ = next_ + 1 == layout_.slots() ? 0 : next_ + 1;
  ++taken_;
  prefetch(slot_at(next_), 1);
  return true;
}

void PacketRing::give_back() {
  for (; taken_ > 0; --taken_)
    status_of(slot_at(next_ >= taken_ ? next_ - taken_ : next_ + layout_.slots() - taken_))
        .store(TP_STATUS_KERNEL, std::memory_order_release);
}

}  // namespace apiary

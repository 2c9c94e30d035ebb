#include "device/packet_ring.h"

#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <utility>

#include "wire/ethernet.h"

namespace apiary {
namespace {

constexpr std::size_t ring_bytes = std::size_t{8} << 20;  // 4096 frames of an ordinary MTU
constexpr std::size_t block_bytes = std::size_t{64} << 10;

/// The status word of a slot: it says whether the kernel or the program owns the slot.
std::atomic_ref<std::uint32_t> status_of(std::uint8_t* slot) {
  static_assert(offsetof(tpacket2_hdr, tp_status) == 0);
  return std::atomic_ref<std::uint32_t>(*reinterpret_cast<std::uint32_t*>(slot));
}

}  // namespace

tl::expected<PacketRing, SystemError> PacketRing::attach(int socket, std::size_t slot_bytes) {
  const int version = TPACKET_V2;
  if (setsockopt(socket, SOL_PACKET, PACKET_VERSION, &version, sizeof version) != 0)
    return tl::unexpected(last_privileged_error("choosing TPACKET_V2"));

  slot_bytes = std::min(std::bit_ceil(slot_bytes), block_bytes);
  const std::size_t slots = ring_bytes / slot_bytes;
  tpacket_req request{};
  request.tp_block_size = block_bytes;
  request.tp_block_nr = ring_bytes / block_bytes;
  request.tp_frame_size = static_cast<unsigned>(slot_bytes);
  request.tp_frame_nr = static_cast<unsigned>(slots);
  if (setsockopt(socket, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0)
    return tl::unexpected(last_privileged_error("creating the receive ring"));
  void* const memory = mmap(nullptr, ring_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, socket, 0);
  if (memory == MAP_FAILED)
    return tl::unexpected(last_privileged_error("mapping the receive ring"));
  return PacketRing(static_cast<std::uint8_t*>(memory), slot_bytes, slots);
}

PacketRing::PacketRing(PacketRing&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)),
      slot_bytes_(other.slot_bytes_),
      slots_(other.slots_),
      next_(other.next_),
      taken_(other.taken_) {}

PacketRing::~PacketRing() {
  if (memory_ != nullptr) munmap(memory_, ring_bytes);
}

bool PacketRing::take(Slot& slot) {
  if (taken_ == slots_) return false;
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
  next_ = (next_ + 1) % slots_;
  ++taken_;
  return true;
}

void PacketRing::give_back() {
  for (; taken_ > 0; --taken_)
    status_of(slot_at((next_ + slots_ - taken_) % slots_))
        .store(TP_STATUS_KERNEL, std::memory_order_release);
}

}  // namespace apiary

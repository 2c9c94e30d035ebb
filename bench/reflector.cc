// reflector INTERFACE: sends every IPv4 frame back with its addresses swapped, until it is killed.
// It does the least that a program must do which answers packets through a packet socket: one
// receive ring, one sendmmsg() for a batch.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>

#include "packet_socket.h"

using namespace apiary;

namespace {

constexpr std::size_t slot_bytes = 2'048, slots = 16'384, block_bytes = 1 << 20;

std::atomic_ref<std::uint32_t> status_of(std::uint8_t* slot) {
  return std::atomic_ref(*reinterpret_cast<std::uint32_t*>(slot));
}

struct Ring {
  int descriptor = socket(AF_PACKET, SOCK_RAW, 0);
  std::uint8_t* memory = nullptr;
};

Ring open_ring(const char* interface) {
  Ring ring;
  const int version = TPACKET_V2, on = 1, room = 8 << 20;
  setsockopt(ring.descriptor, SOL_PACKET, PACKET_VERSION, &version, sizeof version);
  setsockopt(ring.descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
  setsockopt(ring.descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on);
  setsockopt(ring.descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
  const tpacket_req request{.tp_block_size = block_bytes,
                            .tp_block_nr = slots * slot_bytes / block_bytes,
                            .tp_frame_size = slot_bytes,
                            .tp_frame_nr = slots};
  if (setsockopt(ring.descriptor, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0)
    fail("no receive ring; not privileged?");
  void* const memory =
      mmap(nullptr, slots * slot_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring.descriptor, 0);
  if (memory == MAP_FAILED) fail("cannot map the receive ring");
  ring.memory = static_cast<std::uint8_t*>(memory);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_IP);
  address.sll_ifindex = static_cast<int>(if_nametoindex(interface));
  if (bind(ring.descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    fail("cannot bind to the interface");
  return ring;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) fail("reflector INTERFACE");
  const Ring ring = open_ring(argv[1]);
  std::array<mmsghdr, PacketSocket::batch> messages{};
  std::array<iovec, PacketSocket::batch> parts{};
  std::array<std::uint8_t*, PacketSocket::batch> taken{};
  for (std::size_t i = 0; i < messages.size(); ++i) {
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  for (std::size_t at = 0;;) {
    std::size_t count = 0;
    for (; count < taken.size(); ++count, at = (at + 1) % slots) {
      std::uint8_t* const slot = ring.memory + at * slot_bytes;
      if ((status_of(slot).load(std::memory_order_acquire) & TP_STATUS_USER) == 0) break;
      const auto& header = *reinterpret_cast<const tpacket2_hdr*>(slot);
      std::uint8_t* const frame = slot + header.tp_mac;
      std::swap_ranges(frame, frame + 6, frame + 6);         // MAC addresses
      std::swap_ranges(frame + 26, frame + 30, frame + 30);  // IPv4 addresses
      parts[count] = {frame, header.tp_snaplen};
      taken[count] = slot;
    }
    if (count == 0) {
      pollfd ready{ring.descriptor, POLLIN, 0};
      poll(&ready, 1, -1);
      continue;
    }
    for (std::size_t done = 0; done < count;) {
      const int sent =
          sendmmsg(ring.descriptor, messages.data() + done, static_cast<unsigned>(count - done), 0);
      if (sent <= 0) break;
      done += static_cast<std::size_t>(sent);
    }
    for (std::size_t i = 0; i < count; ++i)
      status_of(taken[i]).store(TP_STATUS_KERNEL, std::memory_order_release);
  }
}

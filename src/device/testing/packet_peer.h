#pragma once

#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "base/address.h"
#include "posix/file_descriptor.h"
#include "wire/ethernet.h"

namespace apiary {

using Frame = std::vector<std::uint8_t>;

/// The header before a frame on a socket with PACKET_VNET_HDR (virtio 1.1 section 5.1.6; the
/// system's own header is not C++).
struct OffloadHeader {
  std::uint8_t flags = 1;     // the receiver computes the checksum
  std::uint8_t gso_type = 1;  // TCP over IPv4
  std::uint16_t header_bytes = 54, segment_bytes = 1448, checksum_start = 34, checksum_offset = 16;
};

/// The other end of the link: sends and receives any frames.
class Peer {
 public:
  explicit Peer(const char* interface, bool offloading = false)
      : socket_(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)), offloading_(offloading) {
    const int on = 1;
    setsockopt(socket_.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
    if (offloading) setsockopt(socket_.get(), SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on);
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(if_nametoindex(interface));
    EXPECT_EQ(bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }

  /// Sends `frame`; if `offloading`, as a TCP super-frame whose segmentation and checksum are
  /// left to hardware.
  void send(Frame frame) {
    if (offloading_) {
      const OffloadHeader header;
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(&header);
      frame.insert(frame.begin(), bytes, bytes + sizeof header);
    }
    ASSERT_EQ(::send(socket_.get(), frame.data(), frame.size(), 0),
              static_cast<ssize_t>(frame.size()))
        << std::strerror(errno);
  }

  /// Returns the next IPv4 frame, if one arrives within a second.
  std::optional<Frame> receive() {
    Frame frame(65'536);
    pollfd readable{socket_.get(), POLLIN, 0};
    while (poll(&readable, 1, 1000) == 1) {
      const ssize_t size = recv(socket_.get(), frame.data(), frame.size(), 0);
      if (size < 14 || frame[12] != 8 || frame[13] != 0) continue;
      frame.resize(static_cast<std::size_t>(size));
      return frame;
    }
    return {};
  }

 private:
  FileDescriptor socket_;
  bool offloading_;
};

inline constexpr MacAddress device_mac{{2, 0, 0, 0, 0, 1}}, peer_mac{{2, 0, 0, 0, 0, 2}};
inline constexpr MacAddress other_mac{{2, 0, 0, 0, 0, 3}};

/// A frame from peer_mac with a TCP segment; its last bytes are `fill`.
inline Frame ipv4_frame(MacAddress destination, IpAddress address, std::size_t size,
                        std::uint8_t fill) {
  Frame frame(size, fill);
  std::copy(destination.bytes.begin(), destination.bytes.end(), frame.begin());
  std::copy(peer_mac.bytes.begin(), peer_mac.bytes.end(), frame.begin() + 6);
  frame[12] = 8;
  frame[13] = 0;
  frame[14] = 0x45;
  frame[16] = static_cast<std::uint8_t>((size - 14) >> 8);
  frame[17] = static_cast<std::uint8_t>(size - 14);
  frame[23] = 6;
  std::copy_n(address.bytes().begin() + 12, 4, frame.begin() + 30);
  frame[46] = 0x50;
  return frame;
}

}  // namespace apiary

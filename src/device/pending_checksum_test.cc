#include "device/pending_checksum.h"

#include <gtest/gtest.h>

#include <vector>

#include "wire/ip.h"
#include "wire/tcp.h"

namespace apiary {
namespace {

/// A frame with a segment whose checksum is complete.
std::vector<std::uint8_t> frame_with_segment() {
  IpDatagram header;
  header.source = IpAddress::v4(192, 0, 2, 1);
  header.destination = IpAddress::v4(10, 1, 2, 3);
  header.protocol = static_cast<std::uint8_t>(IpProtocol::tcp);
  const TcpSegment segment{
      .source_port = {40'000}, .destination_port = {80}, .flags = tcp_flag::syn};
  std::vector<std::uint8_t> frame(14 + 20 + tcp_size_bytes(segment));
  const auto datagram = std::span(frame).subspan(14);
  emit_tcp(segment, header.source, header.destination, datagram.subspan(20));
  emit_ip_header(header, tcp_size_bytes(segment), datagram);
  return frame;
}

TEST(PendingChecksum, IsTheSumOfThePseudoHeader) {
  std::vector<std::uint8_t> frame = frame_with_segment();
  EXPECT_FALSE(has_pending_checksum(frame)) << "complete";
  // 192.0.2.1 + 10.1.2.3 + protocol 6 + length 20
  const unsigned sum = 0xc000 + 0x0201 + 0x0a01 + 0x0203 + 6 + 20;
  frame[14 + 20 + 16] = static_cast<std::uint8_t>(sum >> 8);
  frame[14 + 20 + 17] = static_cast<std::uint8_t>(sum);
  EXPECT_TRUE(has_pending_checksum(frame));
  frame[14 + 20 + 17] ^= 1;
  EXPECT_FALSE(has_pending_checksum(frame)) << "wrong";
  frame[14 + 20 + 17] ^= 1;
  frame[14 + 6] = 0x20;
  EXPECT_FALSE(has_pending_checksum(frame)) << "a fragment";
}

TEST(PendingChecksum, IsNotReadFromMalformedPackets) {
  const std::vector<std::uint8_t> frame = frame_with_segment();
  for (std::size_t size = 0; size < frame.size(); ++size)
    EXPECT_FALSE(has_pending_checksum(Bytes(frame).first(size))) << size;
  for (const int header : {0x40, 0x41, 0x4f}) {
    std::vector<std::uint8_t> malformed = frame;
    malformed[14] = static_cast<std::uint8_t>(header);
    EXPECT_FALSE(has_pending_checksum(malformed));
  }
  std::vector<std::uint8_t> short_one = frame;
  short_one[14 + 3] = 21;
  EXPECT_FALSE(has_pending_checksum(short_one));
}

}  // namespace
}  // namespace apiary

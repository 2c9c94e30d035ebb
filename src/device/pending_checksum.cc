#include "device/pending_checksum.h"

#include <cstdint>

#include "wire/checksum.h"

namespace apiary {
namespace {

std::uint16_t word_at(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

}  // namespace

bool has_pending_checksum(Bytes frame) {
  constexpr std::size_t ip = 14, smallest_header = 20, tcp = 6, udp = 17;
  if (frame.size() < ip + smallest_header) return false;
  const std::size_t header = std::size_t{frame[ip] & 0x0fU} * 4, length = word_at(frame, ip + 2);
  const std::uint8_t protocol = frame[ip + 9];
  const bool is_fragment = (word_at(frame, ip + 6) & 0x3fff) != 0;
  if ((protocol != tcp && protocol != udp) || is_fragment || header < smallest_header) return false;
  const std::size_t field = ip + header + (protocol == tcp ? 16 : 6);
  if (length < header || frame.size() < ip + length || field + 2 > ip + length) return false;
  InternetChecksum sum;
  sum.add(frame.subspan(ip + 12, 8)).add(protocol);
  sum.add(static_cast<std::uint16_t>(length - header));
  return word_at(frame, field) == static_cast<std::uint16_t>(~sum.finish());
}

}  // namespace apiary

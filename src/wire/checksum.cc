#include "wire/checksum.h"

#include <bit>
#include <cstring>

namespace apiary {

InternetChecksum& InternetChecksum::add(Bytes bytes) {
  // The sum does not depend on the byte order (RFC 1071 section 2). So this adds eight bytes at a
  // time in the order of the machine, and swaps the result.
  std::uint64_t sum = 0;
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    sum += word;
    if (sum < word) ++sum;
  }
  std::uint64_t last = 0;
  if (left > 0) std::memcpy(&last, at, left);
  sum += last;
  if (sum < last) ++sum;
  sum = (sum >> 32) + (sum & 0xffffffff);
  sum = (sum >> 16) + (sum & 0xffff);
  sum = (sum >> 16) + (sum & 0xffff);
  sum = (sum >> 16) + (sum & 0xffff);
  auto word = static_cast<std::uint16_t>(sum);
  if constexpr (std::endian::native == std::endian::little)
    word = static_cast<std::uint16_t>(word << 8 | word >> 8);
  sum_ += word;
  return *this;
}

InternetChecksum& InternetChecksum::add_pseudo_header(const IpAddress& source,
                                                      const IpAddress& destination,
                                                      IpProtocol protocol, std::size_t length) {
  const auto add_word = [this](std::uint32_t word) { sum_ += (word >> 16) + (word & 0xffff); };
  if (source.is_v4()) {
    add_word(source.v4_value());
    add_word(destination.v4_value());
  } else {
    add(source.bytes());
    add(destination.bytes());
  }
  add_word(static_cast<std::uint32_t>(protocol));
  add_word(static_cast<std::uint32_t>(length));
  return *this;
}

std::uint16_t InternetChecksum::finish() const {
  std::uint64_t sum = sum_;
  while (sum >> 16 != 0) sum = (sum >> 16) + (sum & 0xffff);
  return static_cast<std::uint16_t>(~sum);
}

std::uint16_t transport_checksum(const IpAddress& source, const IpAddress& destination,
                                 IpProtocol protocol, Bytes payload) {
  InternetChecksum checksum;
  if (protocol != IpProtocol::icmp)
    checksum.add_pseudo_header(source, destination, protocol, payload.size());
  return checksum.add(payload).finish();
}

}  // namespace apiary

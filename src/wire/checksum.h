#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "base/address.h"
#include "base/bytes.h"

namespace apiary {

/// The Internet checksum (RFC 1071) of several pieces. Each piece except the last must have an even
/// number of bytes.
class InternetChecksum {
 public:
  InternetChecksum& add(Bytes bytes) {
    const std::uint8_t* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) add_word(read<std::uint64_t>(at));
    if ((left & 4) != 0) {
      add_word(read<std::uint32_t>(at));
      at += 4;
    }
    if ((left & 2) != 0) {
      add_word(read<std::uint16_t>(at));
      at += 2;
    }
    if ((left & 1) != 0) add(static_cast<std::uint16_t>(*at << 8));
    return *this;
  }
  /// The words of a wire structure.
  template <class Header>
  InternetChecksum& add_header(const Header& header) {
    static_assert(sizeof header % 2 == 0);
    std::array<std::uint8_t, sizeof header> bytes;
    std::memcpy(bytes.data(), &header, sizeof header);
    return add(Bytes(bytes));
  }
  /// A word in host order.
  InternetChecksum& add(std::uint16_t word) {
    add_word(in_network_order(word));
    return *this;
  }
  /// The pseudo-header of TCP and UDP over IPv4 (RFC 9293 section 3.1, RFC 768) or IPv6 (RFC 8200
  /// section 8.1), by the version of the addresses.
  InternetChecksum& add_pseudo_header(const IpAddress& source, const IpAddress& destination,
                                      IpProtocol protocol, std::size_t length) {
    // The prefix that maps IPv4 addresses adds 0xffff, which is 0 here, as the sum is not.
    add(source.bytes()).add(destination.bytes());
    add_word(in_network_order(static_cast<std::uint32_t>(length)));
    return add(static_cast<std::uint16_t>(protocol));
  }
  /// The checksum as the header field holds it, in host order; 0 if the bytes include a correct
  /// checksum.
  std::uint16_t finish() const {
    std::uint64_t sum = (sum_ >> 32) + (sum_ & 0xffffffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    return static_cast<std::uint16_t>(~in_network_order(static_cast<std::uint16_t>(sum)));
  }

 private:
  template <class Word>
  static Word read(const std::uint8_t* at) {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
  }
  void add_word(std::uint64_t word) {
    sum_ += word;
    if (sum_ < word) ++sum_;
  }

  // In the order of the network, since the sum does not depend on it (RFC 1071 section 2).
  std::uint64_t sum_ = 0;
};

inline std::uint16_t internet_checksum(Bytes bytes) {
  return InternetChecksum{}.add(bytes).finish();
}

/// The checksum of `payload`, a TCP, UDP or ICMP message. ICMP over IPv4 has no pseudo-header.
inline std::uint16_t transport_checksum(const IpAddress& source, const IpAddress& destination,
                                        IpProtocol protocol, Bytes payload) {
  InternetChecksum checksum;
  if (protocol != IpProtocol::icmp)
    checksum.add_pseudo_header(source, destination, protocol, payload.size());
  return checksum.add(payload).finish();
}

}  // namespace apiary

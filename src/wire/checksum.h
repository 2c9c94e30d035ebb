#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/bytes.h"

namespace apiary {

/// The Internet checksum (RFC 1071) of several pieces. Each piece except the last must have an even
/// number of bytes.
class InternetChecksum {
 public:
  InternetChecksum& add(Bytes bytes);
  InternetChecksum& add(std::uint16_t word) {
    sum_ += word;
    return *this;
  }
  /// The pseudo-header of TCP and UDP over IPv4 (RFC 9293 section 3.1, RFC 768) or IPv6 (RFC 8200
  /// section 8.1), by the version of the addresses.
  InternetChecksum& add_pseudo_header(const IpAddress& source, const IpAddress& destination,
                                      IpProtocol protocol, std::size_t length);
  /// The checksum as the header field holds it, in host order; 0 if the bytes include a correct
  /// checksum.
  std::uint16_t finish() const;

 private:
  std::uint64_t sum_ = 0;
};

inline std::uint16_t internet_checksum(Bytes bytes) {
  return InternetChecksum{}.add(bytes).finish();
}

/// The checksum of `payload`, a TCP, UDP or ICMP message. ICMP over IPv4 has no pseudo-header.
std::uint16_t transport_checksum(const IpAddress& source, const IpAddress& destination,
                                 IpProtocol protocol, Bytes payload);

}  // namespace apiary

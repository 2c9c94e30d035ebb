#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/big_endian.h"
#include "base/bytes.h"
#include "base/numbers.h"
#include "base/random.h"

namespace apiary {

enum class IpVersion : std::uint8_t { v4 = 4, v6 = 6 };

/// An Internet address: sixteen bytes in network order, IPv4 mapped into IPv6 (RFC 4291 section
/// 2.5.5.2). Ordered by value.
class IpAddress {
 public:
  constexpr IpAddress() = default;  ///< the unspecified IPv6 address, ::
  static constexpr IpAddress v4(std::uint32_t host_order) {
    IpAddress address;
    address.bytes_ = std::bit_cast<std::array<std::uint8_t, 16>>(
        std::array<std::uint32_t, 4>{0, 0, mapped, in_network_order(host_order)});
    return address;
  }
  static constexpr IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return v4(std::uint32_t{a} << 24 | std::uint32_t{b} << 16 | std::uint32_t{c} << 8 | d);
  }

  static constexpr IpAddress from_bytes(std::span<const std::uint8_t, 16> bytes) {
    IpAddress address;
    for (std::size_t i = 0; i < 16; ++i) address.bytes_[i] = bytes[i];
    return address;
  }

  constexpr bool is_v4() const {
    const auto parts = std::bit_cast<std::array<std::uint32_t, 4>>(bytes_);
    return (parts[0] | parts[1]) == 0 && parts[2] == mapped;
  }
  constexpr IpVersion version() const { return is_v4() ? IpVersion::v4 : IpVersion::v6; }
  /// The IPv4 address in host order. REQUIRES: is_v4().
  constexpr std::uint32_t v4_value() const {
    return in_network_order(std::bit_cast<std::array<std::uint32_t, 4>>(bytes_)[3]);
  }
  constexpr bool is_multicast() const { return is_v4() && bytes_[12] >= 224 && bytes_[12] <= 239; }
  /// 255.255.255.255.
  constexpr bool is_broadcast() const { return is_v4() && v4_value() == 0xffffffff; }
  /// 0.0.0.0 or ::.
  constexpr bool is_unspecified() const { return is_v4() ? v4_value() == 0 : *this == IpAddress{}; }
  constexpr bool is_loopback() const { return is_v4() && bytes_[12] == 127; }

  constexpr const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  constexpr bool operator==(const IpAddress& other) const {
    const Halves a = halves(), b = other.halves();
    return ((a[0] ^ b[0]) | (a[1] ^ b[1])) == 0;
  }
  constexpr std::strong_ordering operator<=>(const IpAddress& other) const {
    const Halves a = halves(), b = other.halves();
    const std::size_t differing = a[0] == b[0] ? 1 : 0;
    return in_network_order(a[differing]) <=> in_network_order(b[differing]);
  }

 private:
  using Halves = std::array<std::uint64_t, 2>;  // in network order
  constexpr Halves halves() const { return std::bit_cast<Halves>(bytes_); }
  static constexpr auto mapped =
      std::bit_cast<std::uint32_t>(std::array<std::uint8_t, 4>{0, 0, 255, 255});

  std::array<std::uint8_t, 16> bytes_{};
};

/// The network that limiters count as one visitor: the /24 of an IPv4 address, the /48 of an IPv6
/// address, where a visitor can have as many addresses as it likes. No two networks have the same
/// number.
constexpr std::uint64_t source_aggregate(const IpAddress& address) {
  if (address.is_v4()) return address.v4_value() >> 8;
  std::uint64_t first_bits = 1;  // in front of the 48: apart from all of IPv4
  for (std::size_t i = 0; i < 6; ++i) first_bits = first_bits << 8 | address.bytes()[i];
  return first_bits;
}

/// Reads dotted-quad notation ("10.0.0.1"); nothing if `text` is anything else.
std::optional<IpAddress> parse_ip_address(std::string_view text);
std::string to_string(const IpAddress& address);

/// The IPv4 addresses that share their first `length` bits.
class IpPrefix {
 public:
  constexpr IpPrefix() = default;
  /// The prefix of `length` bits that contains `address`. Clears the host bits. REQUIRES:
  /// address.is_v4(), length <= 32.
  constexpr IpPrefix(IpAddress address, int length)
      : address_(IpAddress::v4(address.v4_value() & mask(length))), length_(length) {}

  constexpr IpAddress first() const { return address_; }
  constexpr IpAddress last() const { return IpAddress::v4(address_.v4_value() | ~mask(length_)); }
  constexpr int length() const { return length_; }
  constexpr bool contains(const IpAddress& address) const {
    return address.is_v4() && (address.v4_value() & mask(length_)) == address_.v4_value();
  }
  auto operator<=>(const IpPrefix&) const = default;

 private:
  static constexpr std::uint32_t mask(int length) {
    return length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
  }
  IpAddress address_ = IpAddress::v4(0);
  int length_ = 0;
};

/// Reads "10.0.0.0/8", or an address alone as its /32; nothing if it is neither.
std::optional<IpPrefix> parse_ip_prefix(std::string_view text);
std::string to_string(const IpPrefix& prefix);

/// A link-layer address (IEEE 802).
struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};
  constexpr bool is_group() const { return (bytes[0] & 1) != 0; }  ///< multicast or broadcast
  auto operator<=>(const MacAddress&) const = default;
};
inline constexpr MacAddress broadcast_mac{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

/// Reads "00:11:22:33:44:55", "0:11:2:33:4:5", "00-11-22-33-44-55" and "0011.2233.4455".
std::optional<MacAddress> parse_mac_address(std::string_view text);
std::string to_string(const MacAddress& address);

/// One end of a conversation.
struct Endpoint {
  IpAddress address;
  Port port;
  auto operator<=>(const Endpoint&) const = default;
};
/// "10.0.0.1:80".
std::string to_string(const Endpoint& endpoint);

/// Identifies a conversation. `remote` is the visitor, `local` the simulated host.
struct FlowKey {
  Endpoint remote, local;
  IpProtocol protocol = IpProtocol::tcp;
  bool operator==(const FlowKey&) const = default;
};

}  // namespace apiary

/// For tables whose keys the configuration chooses. If visitors choose them, use keyed_hash().
template <>
struct std::hash<apiary::IpAddress> {
  std::size_t operator()(const apiary::IpAddress& address) const noexcept {
    std::uint64_t halves[2];
    std::memcpy(halves, address.bytes().data(), sizeof halves);
    return apiary::mix_bits(halves[0] ^ apiary::mix_bits(halves[1]));
  }
};

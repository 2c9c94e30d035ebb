#include "wire/gre.h"

#include <algorithm>

#include "wire/checksum.h"

namespace apiary {
namespace {

constexpr std::uint16_t checksum_present = 0x8000, key_present = 0x2000, sequence_present = 0x1000;
// Bits 1, 4 and 5 (routing, strict source route and recursion of RFC 1701) and the version.
// Receivers must discard a packet in which any of them is set (RFC 2784 sections 2.2 and 2.3).
constexpr std::uint16_t must_be_zero = 0x4c07;

struct Words {  // an optional field: checksum and reserved field, key, or sequence number
  BigEndian<std::uint32_t> value;
};

}  // namespace

std::size_t gre_header_size_bytes(const GrePacket& packet) {
  return sizeof(wire::GreHeader) +
         sizeof(Words) * (std::size_t{packet.has_checksum} + std::size_t{packet.key.has_value()} +
                          std::size_t{packet.sequence.has_value()});
}

tl::expected<GrePacket, DecodeError> parse_gre(Bytes bytes) {
  if (bytes.size() < sizeof(wire::GreHeader)) return tl::unexpected(DecodeError::truncated);
  const auto header = wire::read<wire::GreHeader>(bytes);
  const std::uint16_t flags = header.flags_and_version;
  if ((flags & must_be_zero) != 0) return tl::unexpected(DecodeError::bad_gre);

  GrePacket packet{.protocol = header.protocol, .has_checksum = (flags & checksum_present) != 0};
  if ((flags & key_present) != 0) packet.key = 0;
  if ((flags & sequence_present) != 0) packet.sequence = 0;
  const std::size_t size = gre_header_size_bytes(packet);
  if (bytes.size() < size) return tl::unexpected(DecodeError::truncated);
  if (packet.has_checksum && internet_checksum(bytes) != 0)
    return tl::unexpected(DecodeError::bad_gre);

  Bytes words = bytes.subspan(sizeof header, size - sizeof header);
  const auto take = [&words] {
    const auto word = wire::read<Words>(words);
    words = words.subspan(sizeof word);
    return std::uint32_t{word.value};
  };
  if (packet.has_checksum) take();
  if (packet.key) packet.key = take();
  if (packet.sequence) packet.sequence = take();
  packet.payload = bytes.subspan(size);
  return packet;
}

void emit_gre(const GrePacket& packet, std::span<std::uint8_t> target) {
  const std::size_t size = gre_header_size_bytes(packet);
  const auto payload = target.subspan(size);
  if (payload.data() != packet.payload.data())
    std::copy(packet.payload.begin(), packet.payload.end(), payload.begin());

  const auto flags = static_cast<std::uint16_t>((packet.has_checksum ? checksum_present : 0) |
                                                (packet.key ? key_present : 0) |
                                                (packet.sequence ? sequence_present : 0));
  wire::write(wire::GreHeader{flags, packet.protocol}, target);
  auto words = target.subspan(sizeof(wire::GreHeader), size - sizeof(wire::GreHeader));
  const auto put = [&words](std::uint32_t value) {
    wire::write(Words{value}, words);
    words = words.subspan(sizeof(Words));
  };
  const auto checksum_field = words;
  if (packet.has_checksum) put(0);
  if (packet.key) put(*packet.key);
  if (packet.sequence) put(*packet.sequence);
  if (packet.has_checksum)
    wire::write(Words{std::uint32_t{internet_checksum(target)} << 16}, checksum_field);
}

}  // namespace apiary

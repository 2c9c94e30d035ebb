#include "wire/icmp.h"

#include <algorithm>

#include "wire/checksum.h"

namespace apiary {

tl::expected<IcmpMessage, DecodeError> parse_icmp(Bytes bytes) {
  if (bytes.size() < sizeof(wire::IcmpHeader)) return tl::unexpected(DecodeError::truncated);
  const auto header = wire::read<wire::IcmpHeader>(bytes);
  return IcmpMessage{header.type, header.code, header.rest, bytes.subspan(sizeof header)};
}

void emit_icmp(const IcmpMessage& message, std::span<std::uint8_t> target) {
  wire::IcmpHeader header{message.type, message.code, std::uint16_t{0}, message.rest};
  std::copy(message.payload.begin(), message.payload.end(), target.begin() + sizeof header);
  header.checksum = InternetChecksum{}.add_header(header).add(message.payload).finish();
  wire::write(header, target);
}

}  // namespace apiary

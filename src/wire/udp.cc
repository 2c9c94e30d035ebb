#include "wire/udp.h"

#include <algorithm>

#include "wire/checksum.h"

namespace apiary {

tl::expected<UdpDatagram, DecodeError> parse_udp(Bytes bytes) {
  if (bytes.size() < sizeof(wire::UdpHeader)) return tl::unexpected(DecodeError::truncated);
  const auto header = wire::read<wire::UdpHeader>(bytes);
  if (header.length < sizeof header || header.length > bytes.size())
    return tl::unexpected(DecodeError::bad_udp_length);
  return UdpDatagram{Port{header.source_port}, Port{header.destination_port}, header.checksum != 0,
                     bytes.subspan(sizeof header, header.length - sizeof header)};
}

void emit_udp(const UdpDatagram& datagram, const IpAddress& source, const IpAddress& destination,
              std::span<std::uint8_t> target) {
  wire::UdpHeader header{datagram.source_port.number, datagram.destination_port.number,
                         static_cast<std::uint16_t>(udp_size_bytes(datagram)), std::uint16_t{0}};
  std::copy(datagram.payload.begin(), datagram.payload.end(), target.begin() + sizeof header);
  const std::uint16_t sum =
      InternetChecksum{}
          .add_pseudo_header(source, destination, IpProtocol::udp, udp_size_bytes(datagram))
          .add_header(header)
          .add(datagram.payload)
          .finish();
  header.checksum = sum == 0 ? std::uint16_t{0xffff} : sum;  // 0 would mean: none
  wire::write(header, target);
}

}  // namespace apiary

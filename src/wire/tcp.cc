#include "wire/tcp.h"

#include <algorithm>

#include "wire/checksum.h"

namespace apiary {

tl::expected<TcpSegment, DecodeError> parse_tcp(Bytes bytes) {
  if (bytes.size() < sizeof(wire::TcpHeader)) return tl::unexpected(DecodeError::truncated);
  const auto header = wire::read<wire::TcpHeader>(bytes);
  const std::size_t header_size = std::size_t{4} * (header.data_offset_and_reserved >> 4);
  if (header_size < sizeof header || header_size > bytes.size())
    return tl::unexpected(DecodeError::bad_data_offset);
  return TcpSegment{
      .source_port = {header.source_port},
      .destination_port = {header.destination_port},
      .sequence = {header.sequence},
      .acknowledgment = {header.acknowledgment},
      .flags = header.flags,
      .reserved = static_cast<std::uint8_t>(header.data_offset_and_reserved & 0xf),
      .window = header.window,
      .urgent_pointer = header.urgent_pointer,
      .options = bytes.subspan(sizeof header, header_size - sizeof header),
      .payload = bytes.subspan(header_size),
  };
}

void emit_tcp(const TcpSegment& segment, const IpAddress& source, const IpAddress& destination,
              std::span<std::uint8_t> target) {
  const std::size_t header_size = tcp_header_size_bytes(segment);
  wire::TcpHeader header{
      .source_port = segment.source_port.number,
      .destination_port = segment.destination_port.number,
      .sequence = segment.sequence.value,
      .acknowledgment = segment.acknowledgment.value,
      .data_offset_and_reserved =
          static_cast<std::uint8_t>(header_size / 4 << 4 | (segment.reserved & 0xf)),
      .flags = segment.flags,
      .window = segment.window,
      .checksum = std::uint16_t{0},
      .urgent_pointer = segment.urgent_pointer,
  };
  std::copy(segment.options.begin(), segment.options.end(), target.begin() + sizeof header);
  const auto payload_at = target.subspan(header_size);
  if (!segment.payload.empty() && payload_at.data() != segment.payload.data())
    std::copy(segment.payload.begin(), segment.payload.end(), payload_at.begin());
  header.checksum =
      InternetChecksum{}
          .add_pseudo_header(source, destination, IpProtocol::tcp, tcp_size_bytes(segment))
          .add_header(header)
          .add(segment.options)
          .add(segment.payload)
          .finish();
  wire::write(header, target);
}

}  // namespace apiary

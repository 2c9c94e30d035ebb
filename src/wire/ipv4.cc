#include "wire/ipv4.h"

#include <algorithm>

#include "wire/checksum.h"

namespace apiary {
namespace {

constexpr std::uint16_t flag_reserved = 0x8000, flag_dont_fragment = 0x4000,
                        flag_more_fragments = 0x2000, offset_mask = 0x1fff;

/// A fragment must carry whole 8-byte blocks unless it is the last, and end within 65,535 bytes.
bool is_bad_fragment(const IpDatagram& d) {
  if (!d.is_fragment()) return false;
  if (d.more_fragments && (d.payload.empty() || d.payload.size() % 8 != 0)) return true;
  return d.fragment_offset_bytes + d.payload.size() + ip_header_size_bytes(d) > 65535;
}

IpDatagram read_fields(const wire::Ipv4Header& header, std::size_t header_size, Bytes whole) {
  const std::uint16_t flags = header.flags_and_offset;
  return {
      .source = IpAddress::v4(header.source),
      .destination = IpAddress::v4(header.destination),
      .protocol = header.protocol,
      .hop_limit = header.time_to_live,
      .traffic_class = header.type_of_service,
      .identification = header.identification,
      .dont_fragment = (flags & flag_dont_fragment) != 0,
      .more_fragments = (flags & flag_more_fragments) != 0,
      .reserved_flag = (flags & flag_reserved) != 0,
      .fragment_offset_bytes = static_cast<std::uint16_t>((flags & offset_mask) * 8),
      .options = whole.subspan(sizeof header, header_size - sizeof header),
      .payload = whole.subspan(header_size),
      .whole = whole,
  };
}

}  // namespace

tl::expected<IpDatagram, DecodeError> parse_ipv4(Bytes bytes) {
  if (bytes.size() < sizeof(wire::Ipv4Header)) return tl::unexpected(DecodeError::truncated);
  const auto header = wire::read<wire::Ipv4Header>(bytes);
  const std::size_t header_size = std::size_t{4} * (header.version_and_header_words & 0xf);
  const std::size_t total_length = header.total_length;
  if (header.version_and_header_words >> 4 != 4) return tl::unexpected(DecodeError::bad_ip_version);
  if (header_size < sizeof header) return tl::unexpected(DecodeError::bad_header_length);
  if (total_length < header_size) return tl::unexpected(DecodeError::bad_total_length);
  if (total_length > bytes.size()) return tl::unexpected(DecodeError::truncated);
  if (internet_checksum(bytes.first(header_size)) != 0)
    return tl::unexpected(DecodeError::bad_ip_checksum);

  tl::expected<IpDatagram, DecodeError> datagram =
      read_fields(header, header_size, bytes.first(total_length));
  if (is_bad_fragment(*datagram)) return tl::unexpected(DecodeError::bad_fragment);
  return datagram;
}

std::size_t quoted_ipv4_header_bytes(Bytes quote) {
  const auto header = wire::read<wire::Ipv4Header>(quote);
  const std::size_t stated = std::size_t{4} * (header.version_and_header_words & 0xf);
  return std::min(quote.size(), std::max(stated, sizeof header));
}

std::optional<IpDatagram> read_quoted_ipv4(Bytes quote) {
  if (quote.size() < sizeof(wire::Ipv4Header)) return {};
  return read_fields(wire::read<wire::Ipv4Header>(quote), quoted_ipv4_header_bytes(quote), quote);
}

void emit_ipv4_header(const IpDatagram& datagram, std::size_t payload_size,
                      std::span<std::uint8_t> target, std::size_t hops) {
  const std::size_t header_size = sizeof(wire::Ipv4Header) + datagram.options.size();
  const auto flags = static_cast<std::uint16_t>(
      (datagram.reserved_flag ? flag_reserved : 0) |
      (datagram.dont_fragment ? flag_dont_fragment : 0) |
      (datagram.more_fragments ? flag_more_fragments : 0) | datagram.fragment_offset_bytes / 8);
  wire::Ipv4Header header{
      .version_and_header_words = static_cast<std::uint8_t>(0x40 | header_size / 4),
      .type_of_service = datagram.traffic_class,
      .total_length = static_cast<std::uint16_t>(header_size + payload_size),
      .identification = datagram.identification,
      .flags_and_offset = flags,
      .time_to_live = static_cast<std::uint8_t>(datagram.hop_limit - hops),
      .protocol = datagram.protocol,
      .checksum = std::uint16_t{0},
      .source = datagram.source.v4_value(),
      .destination = datagram.destination.v4_value(),
  };
  if (!datagram.options.empty())
    std::copy(datagram.options.begin(), datagram.options.end(), target.begin() + sizeof header);
  header.checksum = InternetChecksum{}.add_header(header).add(datagram.options).finish();
  wire::write(header, target);
}

}  // namespace apiary

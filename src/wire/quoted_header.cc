#include "wire/quoted_header.h"

#include "wire/ipv4.h"

namespace apiary {

std::optional<QuotedHeader> read_quoted_header(Bytes quote) {
  if (quote.size() < sizeof(wire::Ipv4Header) || ip_version_of(quote) != IpVersion::v4) return {};
  const auto header = wire::read<wire::Ipv4Header>(quote);
  return QuotedHeader{header.total_length, header.identification, header.time_to_live,
                      header.checksum};
}

void write_quoted_header(const QuotedHeader& fields, std::span<std::uint8_t> quote) {
  auto header = wire::read<wire::Ipv4Header>(quote);
  header.total_length = fields.total_length_bytes;
  header.identification = fields.identification;
  header.time_to_live = fields.ttl;
  header.checksum = fields.checksum;
  wire::write(header, quote);
}

std::span<std::uint8_t> quoted_header_bytes(std::span<std::uint8_t> quote) {
  return quote.first(quoted_ipv4_header_bytes(quote));
}

}  // namespace apiary

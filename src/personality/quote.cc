#include <algorithm>
#include <array>

#include "base/big_endian.h"
#include "personality/reply.h"
#include "wire/checksum.h"
#include "wire/udp.h"

namespace apiary {
namespace {

/// Fills `target` with the beginning of the datagram; repeats the last byte after its end.
void copy_front(const IpDatagram& offending, std::span<std::uint8_t> target) {
  std::size_t filled = 0;
  const auto put = [&](Bytes bytes) {
    const Bytes part = bytes.first(std::min(bytes.size(), target.size() - filled));
    std::ranges::copy(part, target.begin() + static_cast<std::ptrdiff_t>(filled));
    filled += part.size();
  };
  if (offending.whole.empty()) {
    std::array<std::uint8_t, 60> header{};
    emit_ipv4_header(offending, offending.payload.size(), header);
    put(Bytes(header).first(ipv4_header_size_bytes(offending)));
    put(offending.payload);
  } else {
    put(offending.whole);
  }
  const std::uint8_t last = filled == 0 ? std::uint8_t{0} : target[filled - 1];
  std::ranges::fill(target.subspan(filled), last);
}

std::uint16_t quoted_length(const IcmpErrorRule& rule, std::uint16_t length) {
  if (rule.quoted_length) return *rule.quoted_length;
  const auto changed = static_cast<std::uint16_t>(length + rule.quoted_length_more);
  return rule.swaps_quoted_length ? byte_swapped(changed) : changed;
}

std::uint16_t quoted_id(const IcmpErrorRule& rule, std::uint16_t id) {
  if (rule.quoted_id) return *rule.quoted_id;
  return rule.swaps_quoted_id ? byte_swapped(id) : id;
}

/// The checksum of the quoted header, correct unless the system breaks it on purpose.
void quote_ip_checksum(IcmpErrorRule::Sum rule, std::span<std::uint8_t> header) {
  auto fields = wire::read<wire::Ipv4Header>(header);
  fields.checksum = 0;
  wire::write(fields, header);
  const std::uint16_t good = internet_checksum(header);
  if (rule == IcmpErrorRule::Sum::good) fields.checksum = good;
  if (rule == IcmpErrorRule::Sum::bad)
    fields.checksum = good == 0xffff ? std::uint16_t{1} : static_cast<std::uint16_t>(good + 1);
  wire::write(fields, header);
}

void quote_udp(const IcmpErrorRule& rule, std::span<std::uint8_t> udp) {
  if (udp.size() < sizeof(wire::UdpHeader)) return;
  if (rule.quoted_udp_checksum) {
    auto header = wire::read<wire::UdpHeader>(udp);
    header.checksum = *rule.quoted_udp_checksum;
    wire::write(header, udp);
  }
  if (rule.corrupts_data && udp.size() > sizeof(wire::UdpHeader))
    udp[sizeof(wire::UdpHeader)] ^= 0xff;
}

}  // namespace

void quote_datagram(const Personality& personality, const IpDatagram& offending,
                    std::span<std::uint8_t> target) {
  copy_front(offending, target);
  if (target.size() < sizeof(wire::Ipv4Header)) return;
  const IcmpErrorRule& rule = personality.icmp_error;
  auto fields = wire::read<wire::Ipv4Header>(target);
  fields.total_length = quoted_length(rule, fields.total_length);
  fields.identification = quoted_id(rule, fields.identification);
  fields.time_to_live =
      static_cast<std::uint8_t>(std::clamp(offending.ttl - rule.quoted_ttl_less, 0, 255));
  wire::write(fields, target);

  const std::size_t header_size =
      std::min<std::size_t>((fields.version_and_header_words & 0x0fU) * 4U, target.size());
  quote_ip_checksum(rule.quoted_ip_checksum, target.first(header_size));
  if (offending.is(IpProtocol::udp) && !offending.is_fragment())
    quote_udp(rule, target.subspan(header_size));
}

}  // namespace apiary

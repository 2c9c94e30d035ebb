#include <algorithm>
#include <array>
#include <cstring>

#include "base/big_endian.h"
#include "personality/reply.h"
#include "wire/checksum.h"
#include "wire/quoted_header.h"
#include "wire/udp.h"

namespace apiary {
namespace {

/// Fills `target` with the beginning of the datagram; repeats the last byte after its end.
void copy_front(const IpDatagram& offending, std::span<std::uint8_t> target) {
  std::size_t filled = 0;
  const auto put = [&](Bytes bytes) {
    const Bytes part = bytes.first(std::min(bytes.size(), target.size() - filled));
    if (part.empty()) return;
    std::memcpy(target.data() + filled, part.data(), part.size());
    filled += part.size();
  };
  if (offending.whole.empty()) {
    std::array<std::uint8_t, 60> header{};
    emit_ip_header(offending, offending.payload.size(), header);
    put(Bytes(header).first(ip_header_size_bytes(offending)));
    put(offending.payload);
  } else {
    put(offending.whole);
  }
  if (filled == target.size()) return;
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

/// The checksum that the system puts into the quoted header, given the correct one.
std::uint16_t quoted_checksum(IcmpErrorRule::Sum rule, std::uint16_t right) {
  switch (rule) {
    case IcmpErrorRule::Sum::good:
      return right;
    case IcmpErrorRule::Sum::bad:
      return right == 0xffff ? std::uint16_t{1} : static_cast<std::uint16_t>(right + 1);
    case IcmpErrorRule::Sum::zero:
      break;
  }
  return 0;
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
  auto fields = read_quoted_header(target);
  if (!fields) return;
  const IcmpErrorRule& rule = personality.icmp_error;
  fields->total_length_bytes = quoted_length(rule, fields->total_length_bytes);
  fields->identification = quoted_id(rule, fields->identification);
  fields->ttl =
      static_cast<std::uint8_t>(std::clamp(offending.hop_limit - rule.quoted_ttl_less, 0, 255));
  fields->checksum = 0;
  write_quoted_header(*fields, target);

  const auto header = quoted_header_bytes(target);
  fields->checksum = quoted_checksum(rule.quoted_ip_checksum, internet_checksum(header));
  write_quoted_header(*fields, target);
  if (offending.is(IpProtocol::udp) && !offending.is_fragment())
    quote_udp(rule, target.subspan(header.size()));
}

}  // namespace apiary

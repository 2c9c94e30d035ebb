#include "service/proxy_protocol.h"

#include <array>
#include <span>

namespace apiary {
namespace {

constexpr std::array<std::uint8_t, 12> signature = {0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
                                                    0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
constexpr std::uint8_t version_2_proxy = 0x21;
constexpr std::uint8_t family_v4 = 0x10, family_v6 = 0x20;
constexpr std::uint8_t transport_stream = 0x01, transport_datagram = 0x02;

void append_number(std::vector<std::uint8_t>& header, std::size_t number) {
  header.push_back(static_cast<std::uint8_t>(number >> 8));
  header.push_back(static_cast<std::uint8_t>(number));
}

void append_address(std::vector<std::uint8_t>& header, const IpAddress& address, bool as_v4) {
  const std::span<const std::uint8_t> bytes(address.bytes());
  const auto part = bytes.subspan(as_v4 ? 12 : 0);
  header.insert(header.end(), part.begin(), part.end());
}

}  // namespace

std::vector<std::uint8_t> proxy_header(const FlowKey& flow) {
  const bool is_v4 = flow.remote.address.is_v4() && flow.local.address.is_v4();
  const bool is_udp = flow.protocol == IpProtocol::udp;
  std::vector<std::uint8_t> header(signature.begin(), signature.end());
  header.push_back(version_2_proxy);
  header.push_back(static_cast<std::uint8_t>((is_v4 ? family_v4 : family_v6) |
                                             (is_udp ? transport_datagram : transport_stream)));
  append_number(header, is_v4 ? 12 : 36);  // bytes that follow
  append_address(header, flow.remote.address, is_v4);
  append_address(header, flow.local.address, is_v4);
  append_number(header, flow.remote.port.number);
  append_number(header, flow.local.port.number);
  return header;
}

}  // namespace apiary

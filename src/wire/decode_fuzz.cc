// Parses and describes any bytes as a frame, and emits what it parsed with the same values.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "wire/decode.h"
#include "wire/describe.h"
#include "wire/gre.h"
#include "wire/udp.h"

namespace {

using namespace apiary;

void require(bool holds) {
  if (!holds) std::abort();
}

bool same(Bytes a, Bytes b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

void reread_tcp(const IpDatagram& datagram) {
  const auto segment = parse_tcp(datagram.payload);
  if (!segment) return;
  std::vector<std::uint8_t> bytes(tcp_size_bytes(*segment));
  emit_tcp(*segment, datagram.source, datagram.destination, bytes);
  const auto again = parse_tcp(bytes);
  require(again && again->sequence == segment->sequence &&
          again->acknowledgment == segment->acknowledgment && again->flags == segment->flags &&
          again->reserved == segment->reserved && again->window == segment->window &&
          again->urgent_pointer == segment->urgent_pointer &&
          same(again->options, segment->options) && same(again->payload, segment->payload));
}

void reread_udp(const IpDatagram& datagram) {
  const auto read = parse_udp(datagram.payload);
  if (!read) return;
  std::vector<std::uint8_t> bytes(udp_size_bytes(*read));
  emit_udp(*read, datagram.source, datagram.destination, bytes);
  const auto again = parse_udp(bytes);
  require(again && again->source_port == read->source_port &&
          again->destination_port == read->destination_port && same(again->payload, read->payload));
}

void reread_icmp(const IpDatagram& datagram) {
  const auto message = parse_icmp(datagram.payload);
  if (!message) return;
  std::vector<std::uint8_t> bytes(icmp_size_bytes(*message));
  emit_icmp(*message, bytes);
  const auto again = parse_icmp(bytes);
  require(again && again->type == message->type && again->code == message->code &&
          again->rest == message->rest && same(again->payload, message->payload));
}

void reread_gre(const IpDatagram& datagram) {
  const auto packet = parse_gre(datagram.payload);
  if (!packet) return;
  std::vector<std::uint8_t> bytes(gre_header_size_bytes(*packet) + packet->payload.size());
  emit_gre(*packet, bytes);
  const auto again = parse_gre(bytes);
  require(again && again->protocol == packet->protocol && again->key == packet->key &&
          again->sequence == packet->sequence && same(again->payload, packet->payload));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const LinkLayer link_layer = data[0] % 2 == 0 ? LinkLayer::raw_ip : LinkLayer::ethernet;
  const std::vector<std::uint8_t> frame(data + 1, data + size);  // of exactly this size
  require(!describe_frame(frame, link_layer, {.ip_attributes = true}).empty());
  const auto decoded = decode_frame(frame, link_layer);
  if (!decoded) return 0;
  if (const auto* datagram = std::get_if<IpDatagram>(&decoded->content)) {
    reread_tcp(*datagram);
    reread_udp(*datagram);
    reread_icmp(*datagram);
    reread_gre(*datagram);
    (void)read_quoted_ip(datagram->payload);
  }
  return 0;
}

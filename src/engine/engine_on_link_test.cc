#include "engine/testing/engine_on_link.h"

#include <gtest/gtest.h>

#include <cstring>

#include "wire/arp.h"
#include "wire/decode.h"

namespace apiary {

EngineOnLink::EngineOnLink(std::shared_ptr<const Honeynet> honeynet, ShardId shard)
    : engine(std::move(honeynet), settings(shard)) {}

std::shared_ptr<const Honeynet> EngineOnLink::echo_honeynet() {
  HostTemplate host_template{.personality =
                                 std::make_shared<const Personality>(generic_personality())};
  host_template.tcp_ports = {{Port{7}, std::make_shared<const ServiceSpec>(Script{"cat"})}};
  host_template.udp_ports = {{Port{7}, std::make_shared<const ServiceSpec>(Script{"cat"})}};
  return std::make_shared<const Honeynet>(Honeynet::Parts{
      .default_template = std::make_shared<const HostTemplate>(std::move(host_template))});
}

EngineSettings EngineOnLink::settings(ShardId shard) {
  EngineSettings settings{
      .interfaces =
          {{.mac = own_mac,
            .networks = {{*parse_ip_prefix("10.0.0.0/24"), IpAddress::v4(10, 0, 0, 2)},
                         {*parse_ip_prefix("192.0.2.0/25"), IpAddress::v4(192, 0, 2, 2)}}},
           {.link_layer = LinkLayer::raw_ip,
            .networks = {{*parse_ip_prefix("172.16.0.0/30"), IpAddress::v4(172, 16, 0, 1)}}}},
      .host_key = {1, 2},
      .shard = shard};
  settings.claimed.add(*parse_ip_prefix("10.0.0.0/8"));
  return settings;
}

EngineOnLink::Words EngineOnLink::tcp(std::uint8_t flags, Port to, const IpAddress& source,
                                      std::size_t text_bytes) {
  const Words text(text_bytes, 'x');
  const TcpSegment segment{.source_port = {4'000},
                           .destination_port = to,
                           .sequence = {1'000},
                           .flags = flags,
                           .window = 65'535,
                           .payload = text};
  Words bytes(tcp_size_bytes(segment));
  emit_tcp(segment, source, host, bytes);
  return bytes;
}

EngineOnLink::Words EngineOnLink::udp(Port to, const IpAddress& source, std::size_t text_bytes) {
  const Words text(text_bytes, 'x');
  const UdpDatagram datagram{.source_port = {4'000}, .destination_port = to, .payload = text};
  Words bytes(udp_size_bytes(datagram));
  emit_udp(datagram, source, host, bytes);
  return bytes;
}

EngineOnLink::Words EngineOnLink::icmp(IcmpType type, std::size_t text_bytes) {
  const Words text(text_bytes, 'x');
  const IcmpMessage message{static_cast<std::uint8_t>(type), 0, 1, text};
  Words bytes(icmp_size_bytes(message));
  emit_icmp(message, bytes);
  return bytes;
}

void EngineOnLink::send(std::uint8_t protocol, const IpAddress& source, const Words& payload,
                        InterfaceId interface, bool more_fragments) {
  const IpDatagram header{.source = source,
                          .destination = host,
                          .protocol = protocol,
                          .more_fragments = more_fragments};
  Words bytes(ip_header_size_bytes(header));
  emit_ip_header(header, payload.size(), bytes);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  received_bytes += bytes.size();
  receive(interface, EtherType::ipv4, bytes);
}

void EngineOnLink::send_segment(const IpAddress& source, const TcpSegment& segment) {
  Words bytes(tcp_size_bytes(segment));
  emit_tcp(segment, source, host, bytes);
  send(6, source, bytes);
}

void EngineOnLink::receive(InterfaceId interface, EtherType type, const Words& payload) {
  Words frame;
  if (interface.index == 0) {
    const wire::EthernetHeader header{type == EtherType::arp ? broadcast_mac : receiver, sender,
                                      static_cast<std::uint16_t>(type)};
    frame.resize(sizeof header);
    std::memcpy(frame.data(), &header, sizeof header);
  }
  frame.insert(frame.end(), payload.begin(), payload.end());
  engine.on_frame(now, interface, {.bytes = Bytes(frame), .vlan = vlan}, out);
  if (!one_turn) take();
}

SessionId EngineOnLink::connect(const IpAddress& source, Port port) {
  const std::size_t opened = sessions.size();
  send(6, source, tcp(tcp_flag::syn, port, source));
  send_segment(source, {.source_port = {4'000},
                        .destination_port = port,
                        .sequence = {1'001},
                        .acknowledgment = next_sequence,
                        .flags = tcp_flag::ack,
                        .window = 65'535});
  return sessions.size() == opened ? SessionId{} : sessions.back();
}

void EngineOnLink::announce(const IpAddress& address) {
  Words bytes(arp_size_bytes);
  emit_arp({ArpOperation::request, visitor_mac, address, {}, address}, bytes);
  receive({0}, EtherType::arp, bytes);
}

void EngineOnLink::wait(Duration time) {
  const Instant end = now + time;
  while (engine.next_deadline() <= end) {
    now = std::max(now, engine.next_deadline());
    engine.on_time(now, out);
    take();
  }
  now = end;
}

void EngineOnLink::take() {
  engine.on_time(now, out);
  for (const Packet& packet : out.packets) {
    const LinkLayer layer = packet.interface.index == 0 ? LinkLayer::ethernet : LinkLayer::raw_ip;
    const auto decoded = decode_frame(packet.bytes(), layer);
    ASSERT_TRUE(decoded);
    sent_from = decoded->sender;
    sent_to = decoded->receiver;
    const auto* const datagram = std::get_if<IpDatagram>(&decoded->content);
    if (datagram == nullptr) {
      ++asked;
      continue;
    }
    ++sent;
    sent_bytes += datagram->whole.size();
    if (!datagram->is(IpProtocol::tcp)) continue;
    if (const auto segment = parse_tcp(datagram->payload))
      next_sequence = segment->sequence + segment->length();
  }
  for (const ServiceCommand& command : out.services)
    if (const auto* open = std::get_if<OpenSession>(&command)) sessions.push_back(open->session);
  for (const EngineEvent& event : out.events)
    if (const auto* opened = std::get_if<FlowOpened>(&event))
      opened_by.emplace_back(opened->template_name);
  out.clear();
}

std::size_t EngineOnLink::answers_to(const IpAddress& source, InterfaceId interface) {
  const std::size_t before = sent;
  send(1, source, icmp(IcmpType::echo_request, 8), interface);
  return sent - before;
}

}  // namespace apiary

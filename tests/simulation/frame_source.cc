#include "frame_source.h"

#include <algorithm>

#include "wire/arp.h"
#include "wire/checksum.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"
#include "wire/tcp_options.h"
#include "wire/udp.h"

namespace apiary::simulation {

ThrownFrame FrameSource::next(const VisitorMemory& memory) {
  if (one_in(500)) {  // garbage
    ThrownFrame noise{{static_cast<std::uint8_t>(random_.below(2))}, text(200)};
    return noise;
  }
  const bool is_arp = one_in(100);
  const bool over_ethernet = is_arp || one_in(3);
  Packet content = is_arp ? make_arp() : make_datagram(memory);
  if (one_in(8)) spoil(content);
  if (!over_ethernet) return {{0}, std::move(content)};

  Packet frame(sizeof(wire::EthernetHeader));
  const auto type = is_arp ? EtherType::arp : EtherType::ipv4;
  wire::write(
      wire::EthernetHeader{one_in(50) ? broadcast_mac : MacAddress{{2, 0, 0, 0, 0, 0xfe}},
                           MacAddress{{2, 0, 0, 0, 0, any<std::uint8_t>()}},
                           one_in(200) ? any<std::uint16_t>() : static_cast<std::uint16_t>(type)},
      frame);
  frame.insert(frame.end(), content.begin(), content.end());
  return {{1}, std::move(frame)};
}

FrameSource::Packet FrameSource::make_datagram(const VisitorMemory& memory) {
  switch (random_.below(12)) {
    case 0:
      return make_echo();
    case 1:
      return make_icmp();
    case 2:
      return make_udp();
    case 3:
      return make_fragment();
    case 4:
    case 5:
      return make_syn();
    case 6:
      return wrap(any<std::uint8_t>(), visitor(), target(), text(100));
    default:
      break;
  }
  const auto conversation = memory.any(random_);
  return conversation ? make_segment(*conversation) : make_syn();
}

FrameSource::Packet FrameSource::make_echo() {
  const auto payload = text(one_in(20) ? 1400 : 64);
  const IcmpMessage echo{static_cast<std::uint8_t>(IcmpType::echo_request), 0, any<std::uint32_t>(),
                         payload};
  Packet bytes(icmp_size_bytes(echo));
  emit_icmp(echo, bytes);
  return wrap(1, visitor(), target(), bytes);
}

FrameSource::Packet FrameSource::make_icmp() {
  const auto quote = text(80);
  const IcmpMessage message{static_cast<std::uint8_t>(random_.below(20)),
                            static_cast<std::uint8_t>(random_.below(4)), any<std::uint32_t>(),
                            quote};
  Packet bytes(icmp_size_bytes(message));
  emit_icmp(message, bytes);
  return wrap(1, visitor(), target(), bytes);
}

FrameSource::Packet FrameSource::make_udp() {
  const auto payload = text(one_in(20) ? 1400 : 64);
  const IpAddress source = visitor(), destination = target();
  const UdpDatagram datagram{port(), one_in(2) ? Port{53} : port(), true, payload};
  Packet bytes(udp_size_bytes(datagram));
  emit_udp(datagram, source, destination, bytes);
  return wrap(17, source, destination, bytes);
}

FrameSource::Packet FrameSource::make_syn() {
  const auto options = make_options();
  const IpAddress source = visitor(), destination = target();
  const TcpSegment syn{.source_port = port(),
                       .destination_port = one_in(2) ? Port{23} : port(),
                       .sequence = {any<std::uint32_t>()},
                       .acknowledgment = {one_in(4) ? any<std::uint32_t>() : 0},
                       .flags = one_in(6) ? any<std::uint8_t>() : tcp_flag::syn,
                       .reserved = static_cast<std::uint8_t>(one_in(50) ? random_.below(16) : 0),
                       .window = any<std::uint16_t>(),
                       .urgent_pointer = 0,
                       .options = options,
                       .payload = {}};
  Packet bytes(tcp_size_bytes(syn));
  emit_tcp(syn, source, destination, bytes);
  return wrap(6, source, destination, bytes);
}

/// Usually the next segment of an ordinary visitor, or nearly that.
FrameSource::Packet FrameSource::make_segment(const Conversation& conversation) {
  constexpr std::uint8_t usual[] = {
      tcp_flag::ack, tcp_flag::ack, tcp_flag::ack | tcp_flag::psh, tcp_flag::ack | tcp_flag::fin,
      tcp_flag::rst,
  };
  const auto options = one_in(5) ? make_options() : Packet{};
  const auto payload = one_in(2) ? text(one_in(4) ? 1400 : 40) : Packet{};
  const auto near = [&](SeqNumber number) {
    if (!one_in(5)) return number;
    return one_in(4) ? SeqNumber{any<std::uint32_t>()}
                     : number + static_cast<std::uint32_t>(random_.below(3000)) - 1500;
  };
  const TcpSegment segment{
      .source_port = conversation.visitor.port,
      .destination_port = conversation.host.port,
      .sequence = near(conversation.visitor_next),
      .acknowledgment = near(conversation.host_next),
      .flags = one_in(20) ? any<std::uint8_t>() : usual[random_.below(std::size(usual))],
      .reserved = 0,
      .window = one_in(5) ? std::uint16_t{0} : any<std::uint16_t>(),
      .urgent_pointer = 0,
      .options = options,
      .payload = payload};
  Packet bytes(tcp_size_bytes(segment));
  emit_tcp(segment, conversation.visitor.address, conversation.host.address, bytes);
  return wrap(6, conversation.visitor.address, conversation.host.address, bytes);
}

/// A fragment of one of few datagrams, so that some are completed and some overlap.
FrameSource::Packet FrameSource::make_fragment() {
  const auto payload = Packet(8 * (1 + random_.below(12)), 0);
  IpDatagram header;
  header.source = IpAddress::v4(192, 0, 2, static_cast<std::uint8_t>(random_.below(4)));
  header.destination = IpAddress::v4(10, 0, 0, 9);
  header.protocol = 17;
  header.identification = static_cast<std::uint16_t>(random_.below(one_in(2) ? 4 : 5000));
  header.fragment_offset_bytes =
      static_cast<std::uint16_t>(8 * random_.below(one_in(10) ? 8000 : 12));
  header.more_fragments = !one_in(3);
  Packet whole(20 + payload.size());
  emit_ip_header(header, payload.size(), whole);
  return whole;
}

FrameSource::Packet FrameSource::make_arp() {
  const auto operation = one_in(3) ? ArpOperation::reply : ArpOperation::request;
  const ArpMessage message{operation,
                           MacAddress{{2, 0, 0, 0, 0, any<std::uint8_t>()}},
                           one_in(20) ? target() : visitor(),
                           {},
                           target()};
  Packet bytes(arp_size_bytes);
  emit_arp(message, bytes);
  return bytes;
}

FrameSource::Packet FrameSource::make_options() {
  if (one_in(8)) {
    Packet bytes = text(40);
    bytes.resize(bytes.size() / 4 * 4);
    return bytes;
  }
  TcpOptionBytes options;
  if (!one_in(5)) options.put_mss(one_in(10) ? any<std::uint16_t>() : std::uint16_t{1460});
  if (one_in(2)) options.put_sack_permitted();
  if (one_in(2)) options.put_timestamps({any<std::uint32_t>(), any<std::uint32_t>()});
  if (one_in(2)) options.put_window_scale(static_cast<std::uint8_t>(random_.below(16)));
  options.pad();
  return {options.bytes().begin(), options.bytes().end()};
}

FrameSource::Packet FrameSource::wrap(std::uint8_t protocol, const IpAddress& source,
                                      const IpAddress& destination, Bytes payload) {
  IpDatagram header;
  header.source = source;
  header.destination = destination;
  header.protocol = protocol;
  header.hop_limit = static_cast<std::uint8_t>(one_in(6) ? random_.below(6) : 64);
  header.identification = any<std::uint16_t>();
  header.dont_fragment = one_in(2);
  header.traffic_class = one_in(10) ? any<std::uint8_t>() : std::uint8_t{0};
  Packet options = one_in(50) ? text(40) : Packet{};
  options.resize(options.size() / 4 * 4);
  header.options = options;
  Packet bytes(ip_header_size_bytes(header) + payload.size());
  std::copy(payload.begin(), payload.end(),
            bytes.end() - static_cast<std::ptrdiff_t>(payload.size()));
  emit_ip_header(header, payload.size(), bytes);
  return bytes;
}

/// Corrupts a good packet; half of the time with a correct IP checksum, so that it gets further.
void FrameSource::spoil(Packet& packet) {
  switch (random_.below(4)) {
    case 0:
      packet.resize(random_.below(packet.size() + 1));
      break;
    case 1:
      packet.resize(packet.size() + random_.below(60));
      break;
    default:
      for (std::uint64_t flips = 1 + random_.below(4); flips > 0 && !packet.empty(); --flips)
        packet[random_.below(packet.size())] ^= static_cast<std::uint8_t>(1U << random_.below(8));
  }
  if (packet.size() < 20 || one_in(2)) return;
  const std::size_t header_size = std::min<std::size_t>(packet.size(), 4U * (packet[0] & 0xf));
  packet[10] = packet[11] = 0;
  const std::uint16_t sum = internet_checksum(Bytes(packet).first(header_size));
  packet[10] = static_cast<std::uint8_t>(sum >> 8);
  packet[11] = static_cast<std::uint8_t>(sum);
}

IpAddress FrameSource::visitor() {
  if (one_in(50)) return IpAddress::v4(any<std::uint32_t>());
  return IpAddress::v4(192, 0, 2, static_cast<std::uint8_t>(random_.below(20)));
}

/// Addresses of bound hosts, routers, the default template, no host, and other networks.
IpAddress FrameSource::target() {
  if (one_in(100)) return IpAddress::v4(any<std::uint32_t>());
  if (one_in(4)) return IpAddress::v4(10, any<std::uint8_t>(), any<std::uint8_t>(), 1);
  if (one_in(3)) return IpAddress::v4(10, 0, 0, one_in(2) ? 9 : 2);
  constexpr std::uint8_t nets[][2] = {{0, 0}, {1, 0}, {2, 0}, {3, 0}, {3, 1}, {9, 0}};
  const auto& net = nets[random_.below(std::size(nets))];
  return IpAddress::v4(10, net[0], net[1], static_cast<std::uint8_t>(random_.below(12)));
}

Port FrameSource::port() {
  return {one_in(3) ? any<std::uint16_t>() : static_cast<std::uint16_t>(20 + random_.below(10))};
}

std::vector<std::uint8_t> FrameSource::text(std::size_t limit) {
  std::vector<std::uint8_t> bytes(random_.below(limit + 1));
  for (std::uint8_t& byte : bytes) byte = any<std::uint8_t>();
  return bytes;
}

}  // namespace apiary::simulation

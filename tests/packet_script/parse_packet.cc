#include "parse_packet.h"

#include <charconv>

namespace apiary::script {
namespace {

constexpr std::size_t max_payload = 65535;

Endpoint parse_endpoint(Scanner& scanner) {
  Endpoint endpoint{scanner.address(), {}};
  const std::string behind = scanner.peek_word(":");  // a port, or the end of the addresses
  if (behind.size() > 1 && behind[0] == ':' && behind[1] >= '0' && behind[1] <= '9') {
    scanner.take(":");
    endpoint.port.number = static_cast<std::uint16_t>(scanner.number("a port", 65535));
  }
  return endpoint;
}

IpPattern parse_ip_attributes(Scanner& scanner) {
  IpPattern ip;
  while (scanner.ok() && !scanner.take(")")) {
    if (scanner.take("ttl")) {
      ip.ttl = static_cast<std::uint8_t>(scanner.number("a TTL", 255));
    } else if (scanner.take("id")) {
      ip.identification = static_cast<std::uint16_t>(scanner.number("an IP ID", 65535));
    } else if (scanner.take("tos")) {
      ip.type_of_service = static_cast<std::uint8_t>(scanner.number("a type of service", 255));
    } else if (scanner.take("DF")) {
      ip.dont_fragment = true;
    } else if (scanner.take("no DF")) {
      ip.dont_fragment = false;
    } else {
      scanner.fail("ttl, id, tos, DF, 'no DF' or ')'");
    }
    scanner.take(",");
  }
  return ip;
}

UdpPattern parse_udp_pattern(Scanner& scanner) {
  UdpPattern udp;
  udp.length = parse_length(scanner);
  if (scanner.sees("\"")) {
    udp.text = scanner.quoted();
    if (udp.text->size() != udp.length) scanner.fail("text as long as the length in brackets");
  }
  udp.no_checksum = scanner.take("no checksum");
  return udp;
}

ArpPattern parse_arp_pattern(Scanner& scanner) {
  ArpPattern arp;
  if (scanner.take("who-has")) {
    arp.asked = scanner.address();
    if (scanner.take("tell") && !scanner.take("*")) arp.asker = scanner.address();
    return arp;
  }
  arp.operation = ArpOperation::reply;
  scanner.expect("reply");
  arp.asked = scanner.address();
  scanner.expect("is-at");
  if (!scanner.take("*")) arp.mac = scanner.mac();
  return arp;
}

RawPattern parse_raw_pattern(Scanner& scanner) {
  RawPattern raw;
  while (scanner.ok() && !scanner.at_end()) {
    const std::string digits = scanner.word("bytes in hexadecimal");
    for (std::size_t i = 0; i < digits.size(); i += 2) {
      std::uint8_t byte = 0;
      const char* const end = digits.data() + i + 2;
      if (digits.size() % 2 != 0 || std::from_chars(digits.data() + i, end, byte, 16).ptr != end)
        return scanner.fail("bytes of two hexadecimal digits each"), raw;
      raw.bytes.push_back(byte);
    }
  }
  return raw;
}

OtherPattern parse_other_pattern(Scanner& scanner) {
  const auto protocol = static_cast<std::uint8_t>(scanner.number("an IP protocol", 255));
  return {protocol, parse_length(scanner)};
}

void parse_fragmentation(Scanner& scanner, PacketPattern& packet) {
  if (!scanner.take("in fragments of")) return;
  packet.fragment_bytes = scanner.number("the bytes of a fragment", max_payload);
  if (packet.fragment_bytes == 0 || packet.fragment_bytes % 8 != 0) scanner.fail("a multiple of 8");
  if (!scanner.take("order")) return;
  while (scanner.ok() && !scanner.at_end())
    packet.fragment_order.push_back(scanner.number("which fragment", 8192));
}

void parse_whose(Scanner& scanner, PacketPattern& packet) {
  const std::string first = scanner.peek_word("_.");
  if (parse_ip_address(first)) {
    packet.ends.emplace();
    packet.ends->source = parse_endpoint(scanner);
    scanner.expect(">");
    packet.ends->destination = parse_endpoint(scanner);
    scanner.expect(":");
  } else if (!first.empty() && scanner.sees(first + ":")) {
    packet.flow = first;
    scanner.take(first + ":");
  }
}

}  // namespace

std::size_t parse_length(Scanner& scanner) {
  scanner.expect("(");
  const std::size_t length = scanner.number("a length in bytes", max_payload);
  scanner.expect(")");
  return length;
}

PacketPattern parse_packet(Scanner& scanner) {
  PacketPattern packet;
  parse_whose(scanner, packet);
  if (scanner.take("(")) packet.ip = parse_ip_attributes(scanner);
  if (scanner.take("icmp")) {
    packet.content = parse_icmp_pattern(scanner);
  } else if (scanner.take("udp")) {
    packet.content = parse_udp_pattern(scanner);
  } else if (scanner.take("arp")) {
    packet.content = parse_arp_pattern(scanner);
  } else if (scanner.take("bytes")) {
    packet.content = parse_raw_pattern(scanner);
  } else if (scanner.take("ip-proto-")) {
    packet.content = parse_other_pattern(scanner);
  } else {
    packet.content = parse_tcp_pattern(scanner);
  }
  if (scanner.take("at ")) packet.host_mac = scanner.mac();
  packet.bad_checksum = scanner.take("bad checksum");
  packet.bad_ip_checksum = scanner.take("bad ip checksum");
  parse_fragmentation(scanner, packet);
  if (scanner.ok() && !scanner.at_end()) scanner.fail("the end of the packet");
  return packet;
}

}  // namespace apiary::script

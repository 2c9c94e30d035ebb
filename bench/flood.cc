// flood INTERFACE GATEWAY_MAC KIND SECONDS [RATE]: sends packets of one kind from 198.18.0.0/16 to
// random addresses of 10.0.0.0/8, as fast as one core can, or RATE packets a second. KIND: syn_open
// (port 80), syn_closed (port 81), ping, udp_closed (port 9999), or sweep, which sends a SYN to
// port 80 of each address in order and then ends. Prints how many it sent a second, and, by the
// interface's counters, how many it got a second; both without the first fifth.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>

#include "packet_socket.h"
#include "wire/ethernet.h"
#include "wire/icmp.h"
#include "wire/ip.h"
#include "wire/tcp.h"
#include "wire/udp.h"

using namespace apiary;
using Clock = std::chrono::steady_clock;

namespace {

/// The generator of Marsaglia with a period of 2^64 - 1.
std::uint64_t draw() {
  static std::uint64_t state = 88'172'645'463'325'252;
  state ^= state << 13;
  state ^= state >> 7;
  return state ^= state << 17;
}

/// Writes the transport message of a packet; returns its size.
std::size_t write_message(std::string_view kind, const IpDatagram& header, std::uint64_t random,
                          std::span<std::uint8_t> target) {
  const Port source{static_cast<std::uint16_t>(1'024 + (random >> 44) % 60'000)};
  if (kind == "ping") {
    static constexpr std::uint8_t text[18] = {};
    const IcmpMessage echo{static_cast<std::uint8_t>(IcmpType::echo_request), 0,
                           static_cast<std::uint32_t>(random >> 30), text};
    emit_icmp(echo, target.first(icmp_size_bytes(echo)));
    return icmp_size_bytes(echo);
  }
  if (kind == "udp_closed") {
    static constexpr std::uint8_t text[18] = {};
    const UdpDatagram datagram{source, Port{9'999}, true, text};
    emit_udp(datagram, header.source, header.destination, target.first(udp_size_bytes(datagram)));
    return udp_size_bytes(datagram);
  }
  static constexpr std::uint8_t mss[] = {2, 4, 5, 0xb4};
  const TcpSegment syn{.source_port = source,
                       .destination_port = {std::uint16_t(kind == "syn_closed" ? 81 : 80)},
                       .sequence = {static_cast<std::uint32_t>(random >> 16)},
                       .flags = tcp_flag::syn,
                       .window = 1'024,
                       .options = mss,
                       .payload = {}};
  emit_tcp(syn, header.source, header.destination, target.first(tcp_size_bytes(syn)));
  return tcp_size_bytes(syn);
}

std::size_t write_packet(std::string_view kind, std::span<std::uint8_t> target) {
  const std::uint64_t random = draw();
  IpDatagram header;
  header.source = IpAddress::v4(0xc6120000U | (random >> 24 & 0xffff));
  static std::uint32_t next_host = 0;
  const auto host = kind == "sweep" ? next_host++ : static_cast<std::uint32_t>(random);
  header.destination = IpAddress::v4(0x0a000000U | (host & 0xffffff));
  header.protocol = static_cast<std::uint8_t>(kind == "ping"         ? IpProtocol::icmp
                                              : kind == "udp_closed" ? IpProtocol::udp
                                                                     : IpProtocol::tcp);
  header.identification = static_cast<std::uint16_t>(random >> 40);
  const std::size_t size = write_message(kind, header, random, target.subspan(20));
  emit_ip_header(header, size, target);
  return 20 + size;
}

std::uint64_t received_packets(const std::string& interface) {
  std::ifstream file("/sys/class/net/" + interface + "/statistics/rx_packets");
  std::uint64_t count = 0;
  file >> count;
  return count;
}

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) fail("flood INTERFACE GATEWAY_MAC KIND SECONDS [RATE]");
  PacketSocket socket(argv[1], false);
  const wire::EthernetHeader link{parse_mac(argv[2]), socket.mac(),
                                  static_cast<std::uint16_t>(EtherType::ipv4)};
  const std::string_view kind = argv[3];
  const double seconds = std::atof(argv[4]), rate = argc > 5 ? std::atof(argv[5]) : 0;
  constexpr std::size_t smallest_frame = 60;
  constexpr std::uint64_t all_hosts = 1 << 24;

  std::uint64_t sent = 0, sent_before = 0, received_before = 0;
  const auto start = Clock::now();
  auto measured_since = start;
  for (double now = 0; now < seconds; now = since(start)) {
    if (measured_since == start && now >= seconds / 5) {
      measured_since = Clock::now();
      sent_before = sent;
      received_before = received_packets(argv[1]);
    }
    if (kind == "sweep" && sent >= all_hosts) break;
    if (rate > 0 && static_cast<double>(sent) > now * rate) continue;
    for (std::size_t i = 0; i < PacketSocket::batch; ++i) {
      const auto frame = socket.next_frame();
      wire::write(link, frame);
      const std::size_t size = sizeof link + write_packet(kind, frame.subspan(sizeof link));
      socket.add(std::max(size, smallest_frame));
    }
    sent += PacketSocket::batch;
  }
  const double took = since(measured_since);
  std::printf("sent %.0f\nreceived %.0f\n", static_cast<double>(sent - sent_before) / took,
              static_cast<double>(received_packets(argv[1]) - received_before) / took);
  return 0;
}

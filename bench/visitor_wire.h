#pragma once

#include <array>

#include "packet_socket.h"
#include "wire/decode.h"
#include "wire/ethernet.h"
#include "wire/tcp.h"

namespace apiary {

/// The TCP options of a visitor's segment: an MSS of 1,460 bytes in its SYN.
inline Bytes visitor_options(std::uint8_t flags) {
  static constexpr std::array<std::uint8_t, 4> mss{2, 4, 5, 0xb4};
  return flags == tcp_flag::syn ? Bytes(mss) : Bytes{};
}

/// Sends and receives the segments of many visitors behind one interface.
class VisitorWire {
 public:
  VisitorWire(const char* interface, const char* gateway)
      : socket_(interface, true),
        link_{parse_mac(gateway), socket_.mac(), static_cast<std::uint16_t>(EtherType::ipv4)} {}

  void send(const IpAddress& from, const IpAddress& to, const TcpSegment& segment) {
    const std::size_t size = tcp_size_bytes(segment);
    const IpDatagram header{
        .source = from, .destination = to, .protocol = 6, .dont_fragment = true};
    const auto frame = socket_.next_frame();
    wire::write(link_, frame);
    emit_ip_header(header, size, frame.subspan(14));
    emit_tcp(segment, from, to, frame.subspan(34, size));
    socket_.add(34 + size);
  }
  void flush() { socket_.flush(); }

  /// Receives segments, waiting at most this many milliseconds.
  template <class Handle>
  void receive(int wait, Handle handle) {
    socket_.receive(wait, [&](Bytes frame) {
      const auto decoded = decode_frame(frame, LinkLayer::ethernet);
      const auto* datagram = decoded ? std::get_if<IpDatagram>(&decoded->content) : nullptr;
      if (datagram == nullptr || !datagram->is(IpProtocol::tcp)) return;
      if (const auto segment = parse_tcp(datagram->payload)) handle(*datagram, *segment);
    });
  }

 private:
  PacketSocket socket_;
  const wire::EthernetHeader link_;
};

}  // namespace apiary

#include "actors.h"

#include "wire/icmp.h"
#include "wire/udp.h"

namespace apiary::simulation {
namespace {

using Datagram = std::vector<std::uint8_t>;

Datagram datagram(const IpDatagram& header, Bytes payload) {
  Datagram bytes(ip_header_size_bytes(header));
  emit_ip_header(header, payload.size(), bytes);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

Datagram tcp_packet(const Endpoint& from, const Endpoint& to, SeqNumber sequence,
                    std::uint8_t flags) {
  const TcpSegment segment{.source_port = from.port,
                           .destination_port = to.port,
                           .sequence = sequence,
                           .flags = flags,
                           .window = 1'024};
  Datagram bytes(tcp_size_bytes(segment));
  emit_tcp(segment, from.address, to.address, bytes);
  return datagram({.source = from.address,
                   .destination = to.address,
                   .protocol = static_cast<std::uint8_t>(IpProtocol::tcp)},
                  bytes);
}

/// The rate changes from hour to hour: many per second at first, none at night.
class Visitors final : public Actor {
 public:
  Visitors(Instant start, std::uint64_t seed) : Actor(start), frames_(seed), random_(seed + 1) {}

  ThrownFrame act(Instant now, const VisitorMemory& memory) override {
    const auto hour = std::chrono::duration_cast<hours>(now.time_since_epoch()).count();
    const Duration longest = hour % 4 == 3 ? Duration{seconds{30}} : Duration{milliseconds{100}};
    due_ = now + Duration{random_.below(static_cast<std::uint64_t>(longest.count()))};
    return frames_.next(memory);
  }

 private:
  FrameSource frames_;
  Random random_;
};

/// Scans 10.0.0.0/14 with a SYN to each of a few ports, pauses, and starts again.
class Scanner final : public Actor {
 public:
  Scanner(Instant start, std::uint64_t seed) : Actor(start), random_(seed) {}

  ThrownFrame act(Instant now, const VisitorMemory&) override {
    constexpr std::uint16_t ports[] = {22, 23, 25, 80, 443};
    const Endpoint target{IpAddress::v4(0x0a000000 + next_ % (1U << 18)),
                          {ports[random_.below(std::size(ports))]}};
    next_ += 61;  // relatively prime to the number of addresses
    ++sent_;
    due_ = now + (sent_ % 5'000 == 0 ? Duration{minutes{25}} : Duration{milliseconds{10}});
    return {{0},
            tcp_packet({own_, {40'000}}, target, {static_cast<std::uint32_t>(random_.next())},
                       tcp_flag::syn)};
  }

 private:
  Random random_;
  IpAddress own_ = IpAddress::v4(203, 0, 113, 5);
  std::uint32_t next_ = 0, sent_ = 0;
};

/// A burst of one kind of packet, from addresses that are not its own.
class Flood final : public Actor {
 public:
  Flood(Instant start, std::uint64_t seed) : Actor(start + minutes{7}), random_(seed) {}

  ThrownFrame act(Instant now, const VisitorMemory&) override {
    if (left_ == 0) {
      left_ = 3'000;
      kind_ = random_.below(5);
      source_base_ = static_cast<std::uint32_t>(random_.below(2));
    }
    --left_;
    due_ = now + (left_ == 0 ? Duration{minutes{13}} : Duration{microseconds{100}});
    return {{0}, packet()};
  }

 private:
  Datagram packet() {
    // From random addresses, or from the /24 of a victim.
    const std::uint32_t spread = source_base_ == 0 ? 1U << 17 : 1U << 8;
    const Endpoint from{IpAddress::v4(flood_sources.first().v4_value() +
                                      static_cast<std::uint32_t>(random_.below(spread))),
                        {static_cast<std::uint16_t>(random_.next())}};
    constexpr std::uint8_t hosts[][2] = {{0, 2}, {0, 9}, {2, 2}, {9, 9}};
    const auto& host = hosts[random_.below(std::size(hosts))];
    const Endpoint to{IpAddress::v4(10, host[0], 0, host[1]), {23}};
    const auto protocol = [](IpProtocol p) { return static_cast<std::uint8_t>(p); };
    switch (kind_) {
      case 0:
        return tcp_packet(from, to, {static_cast<std::uint32_t>(random_.next())}, tcp_flag::syn);
      case 1:
        return tcp_packet(from, to, {static_cast<std::uint32_t>(random_.next())}, tcp_flag::ack);
      case 2: {
        const UdpDatagram question{from.port, {53}, true, {}};
        Datagram bytes(udp_size_bytes(question));
        emit_udp(question, from.address, to.address, bytes);
        return datagram({.source = from.address,
                         .destination = to.address,
                         .protocol = protocol(IpProtocol::udp)},
                        bytes);
      }
      case 3: {
        const Datagram part(64, 0);
        return datagram(
            {.source = from.address,
             .destination = to.address,
             .protocol = protocol(IpProtocol::udp),
             .identification = static_cast<std::uint16_t>(random_.next()),
             .more_fragments = true,
             .fragment_offset_bytes = static_cast<std::uint16_t>(random_.below(64) * 8)},
            part);
      }
      default: {
        const IcmpMessage echo{static_cast<std::uint8_t>(IcmpType::echo_request), 0, 1, {}};
        Datagram bytes(icmp_size_bytes(echo));
        emit_icmp(echo, bytes);
        return datagram({.source = from.address,
                         .destination = to.address,
                         .protocol = protocol(IpProtocol::icmp)},
                        bytes);
      }
    }
  }

  Random random_;
  std::uint32_t left_ = 0, source_base_ = 0;
  std::uint64_t kind_ = 0;
};

}  // namespace

std::vector<std::unique_ptr<Actor>> make_actors(Instant start, std::uint64_t seed) {
  std::vector<std::unique_ptr<Actor>> actors;
  actors.push_back(std::make_unique<Visitors>(start, mix_bits(seed)));
  actors.push_back(std::make_unique<Scanner>(start, mix_bits(seed + 1)));
  actors.push_back(std::make_unique<Flood>(start, mix_bits(seed + 2)));
  return actors;
}

}  // namespace apiary::simulation

#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "visitor_memory.h"
#include "wire/frame.h"

namespace apiary::simulation {

/// A frame for the engine.
struct ThrownFrame {
  InterfaceId interface;
  std::vector<std::uint8_t> bytes;
};

/// Makes frames of all kinds: ordinary ones, fragments, floods, and malformed ones. Interface 0 is
/// raw IP, interface 1 Ethernet.
class FrameSource {
 public:
  explicit FrameSource(std::uint64_t seed) : random_(seed) {}

  ThrownFrame next(const VisitorMemory& memory);

 private:
  using Packet = std::vector<std::uint8_t>;

  Packet make_datagram(const VisitorMemory& memory);
  Packet make_echo();
  Packet make_icmp();
  Packet make_udp();
  Packet make_syn();
  Packet make_segment(const Conversation& conversation);
  Packet make_fragment();
  Packet make_arp();
  Packet make_options();
  Packet wrap(std::uint8_t protocol, const IpAddress& source, const IpAddress& destination,
              Bytes payload);
  void spoil(Packet& packet);

  IpAddress visitor();
  IpAddress target();
  Port port();
  std::vector<std::uint8_t> text(std::size_t limit);
  bool one_in(std::uint64_t n) { return random_.below(n) == 0; }
  template <class T>
  T any() {
    return static_cast<T>(random_.next());
  }

  Random random_;
};

}  // namespace apiary::simulation

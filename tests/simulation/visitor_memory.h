#pragma once

#include <array>
#include <optional>

#include "base/random.h"
#include "wire/ip.h"
#include "wire/tcp.h"

namespace apiary::simulation {

/// The visitor's state of a conversation, so that it can continue.
struct Conversation {
  Endpoint visitor, host;
  SeqNumber visitor_next, host_next;  // the next number to send, and to acknowledge
};

/// The most recent conversations, for the segments of storms after the handshake.
class VisitorMemory {
 public:
  /// The engine sent a segment.
  void note(const IpDatagram& datagram, const TcpSegment& segment);
  /// A remembered conversation; nothing if there are none.
  std::optional<Conversation> any(Random& random) const;

 private:
  std::array<Conversation, 512> conversations_;
  std::size_t count_ = 0;  // number of all conversations so far
};

}  // namespace apiary::simulation

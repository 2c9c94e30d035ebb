#pragma once

#include <array>
#include <optional>

#include "base/random.h"
#include "wire/ipv4.h"
#include "wire/tcp.h"

namespace apiary::simulation {

/// The end of a conversation as its visitor sees it, so that he can go on with it.
struct Conversation {
  Endpoint visitor, host;
  SeqNumber visitor_next, host_next;  // what he would send, and acknowledge
};

/// The conversations last heard of: what storms are made of past the first packet.
class VisitorMemory {
 public:
  /// The engine sent a segment.
  void note(const IpDatagram& datagram, const TcpSegment& segment);
  /// One of those remembered; nothing while there are none.
  std::optional<Conversation> any(Random& random) const;

 private:
  std::array<Conversation, 512> conversations_;
  std::size_t count_ = 0;  // ever noted
};

}  // namespace apiary::simulation

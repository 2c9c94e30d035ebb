#include "visitor_memory.h"

#include <algorithm>

namespace apiary::simulation {

void VisitorMemory::note(const IpDatagram& datagram, const TcpSegment& segment) {
  if (segment.has(tcp_flag::rst)) return;
  conversations_[count_++ % conversations_.size()] = {
      {datagram.destination, segment.destination_port},
      {datagram.source, segment.source_port},
      segment.acknowledgment,
      segment.sequence + segment.length()};
}

std::optional<Conversation> VisitorMemory::any(Random& random) const {
  if (count_ == 0) return {};
  return conversations_[random.below(std::min(count_, conversations_.size()))];
}

}  // namespace apiary::simulation

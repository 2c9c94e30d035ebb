#pragma once

#include <memory>
#include <vector>

#include "frame_source.h"

namespace apiary::simulation {

/// Somebody outside who sends frames when his time comes.
class Actor {
 public:
  virtual ~Actor() = default;
  Instant due() const { return due_; }
  /// What he sends now, after which he knows when he is due again. REQUIRES: now >= due().
  virtual ThrownFrame act(Instant now, const VisitorMemory& memory) = 0;

 protected:
  explicit Actor(Instant due) : due_(due) {}
  Instant due_;
};

/// The source addresses of floods: no handshake is ever completed from there (RFC 2544).
inline const IpPrefix flood_sources{IpAddress::v4(198, 18, 0, 0), 15};

/// Visitors of all kinds, by FrameSource; scanners that go through the network address by address;
/// and floods of SYNs, datagrams, fragments and acknowledgments, from a source each.
std::vector<std::unique_ptr<Actor>> make_actors(Instant start, std::uint64_t seed);

}  // namespace apiary::simulation

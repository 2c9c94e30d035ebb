#pragma once

#include <memory>
#include <vector>

#include "frame_source.h"

namespace apiary::simulation {

/// An outside actor that sends frames at its times.
class Actor {
 public:
  virtual ~Actor() = default;
  Instant due() const { return due_; }
  /// The frames to send now. Updates due(). REQUIRES: now >= due().
  virtual ThrownFrame act(Instant now, const VisitorMemory& memory) = 0;

 protected:
  explicit Actor(Instant due) : due_(due) {}
  Instant due_;
};

/// The source addresses of floods (RFC 2544): no handshake from them completes.
inline const IpPrefix flood_sources{IpAddress::v4(198, 18, 0, 0), 15};

/// Visitors of all kinds, by FrameSource; scanners that try address by address; and floods of SYNs,
/// datagrams, fragments and acknowledgments, from one source each.
std::vector<std::unique_ptr<Actor>> make_actors(Instant start, std::uint64_t seed);

}  // namespace apiary::simulation

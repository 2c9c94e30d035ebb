#pragma once

#include <vector>

#include "audit/heard.h"
#include "base/bytes.h"

namespace apiary {

/// The place of an attacker: it sends packets and hears answers. The checks do not know whether
/// an engine in memory or a network answers.
class Prober {
 public:
  virtual ~Prober() = default;

  /// The attacker's address.
  virtual IpAddress source() const = 0;
  virtual Instant now() = 0;
  /// Waits until the rate permits a packet. Call it before the time of a probe is taken.
  virtual void await_turn() {}
  /// Sends an IP datagram; waits for its turn if await_turn() has not.
  virtual void send(Bytes datagram) = 0;
  /// Broadcasts an ARP request, if `target` is on the link.
  virtual void ask_mac(const IpAddress& target) = 0;
  /// Lets `time` pass, and hears meanwhile.
  virtual void wait(Duration time) = 0;
  /// All that was heard since the last call, in order.
  virtual std::vector<Heard> take() = 0;

 protected:
  Prober() = default;
  Prober(const Prober&) = default;
  Prober& operator=(const Prober&) = default;
};

}  // namespace apiary

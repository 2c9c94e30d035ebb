#pragma once

#include <vector>

#include "service/proxy_session.h"

namespace apiary {

/// A UDP flow forwarded to another machine, datagram by datagram. A datagram that the socket does
/// not take is lost, as on any path.
class UdpProxy final : public ProxySession {
 public:
  UdpProxy(const SessionContext& context, const DialContext& dial, const OpenSession& open,
           NoteLimiter notes);

  void deliver(Bytes bytes) override;
  void end_input() override {}  // UDP has no end of input

 private:
  void begin_input() override;
  void stop_input() override { has_failed_ = true; }

  std::vector<std::vector<std::uint8_t>> waiting_;  // sent once the name is resolved
  bool has_failed_ = false;
};

}  // namespace apiary

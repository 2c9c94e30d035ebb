#pragma once

#include <vector>

#include "service/proxy_session.h"

namespace apiary {

/// A UDP flow handed on to another machine, datagram by datagram. What the machine's socket does
/// not take is lost, as on any path.
class UdpProxy final : public ProxySession {
 public:
  UdpProxy(const SessionContext& context, const DialContext& dial, const OpenSession& open,
           NoteLimiter notes);

  void deliver(Bytes bytes) override;
  void end_input() override {}  // UDP knows no end

 private:
  void begin_input() override;
  void stop_input() override { has_failed_ = true; }

  std::vector<std::vector<std::uint8_t>> waiting_;  // datagrams for when the name is resolved
  bool has_failed_ = false;
};

}  // namespace apiary

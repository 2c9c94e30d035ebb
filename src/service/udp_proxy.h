#pragma once

#include <vector>

#include "service/proxy_session.h"

namespace apiary {

/// A UDP flow forwarded to a socket, datagram by datagram, each with the PROXY header, if
/// that is asked for. A datagram that the socket does not take is lost, as on any path.
class UdpProxy final : public ProxySession {
 public:
  UdpProxy(const SessionContext& context, const OpenSession& open, NoteLimiter notes,
           SourceShares::Slot slot);

  void deliver(Bytes bytes) override;
  void end_input() override {}  // UDP has no end of input

 private:
  void begin_input() override;
  void stop_input() override { is_over_ = true; }
  void on_unanswered(const std::string& why) override;
  void on_output_end(int number) override;

  std::vector<std::vector<std::uint8_t>> waiting_;  // sent once there is a socket
  bool is_over_ = false;                            // what arrives is lost
};

}  // namespace apiary

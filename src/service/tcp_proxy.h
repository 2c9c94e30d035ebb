#pragma once

#include "service/input_pump.h"
#include "service/proxy_session.h"

namespace apiary {

/// A TCP conversation forwarded to a socket. A reset of either side is passed on to the
/// other. If the target does not answer, the host looks like a server whose program hangs: it
/// accepts what fits into the window, and says nothing.
class TcpProxy final : public ProxySession, InputListener {
 public:
  TcpProxy(const SessionContext& context, const OpenSession& open, NoteLimiter notes,
           SourceShares::Slot slot);

  void deliver(Bytes bytes) override { input_.deliver(bytes); }
  void end_input() override;
  bool close() override;

 private:
  void begin_input() override;
  void stop_input() override { input_.close(); }
  void on_unanswered(const std::string& why) override;
  void on_input_complete() override;
  void on_input_refused(int number) override;
  void on_output_end(int number) override;

  InputPump input_;
  bool was_reset_ = false, is_unanswered_ = false;
  bool input_asked_to_end_ = false, input_is_complete_ = false, output_has_ended_ = false;
};

}  // namespace apiary

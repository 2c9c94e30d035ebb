#pragma once

#include "service/input_pump.h"
#include "service/proxy_session.h"

namespace apiary {

/// A TCP conversation forwarded to another machine.
class TcpProxy final : public ProxySession, InputListener {
 public:
  TcpProxy(const SessionContext& context, const DialContext& dial, const OpenSession& open,
           NoteLimiter notes);

  void deliver(Bytes bytes) override { input_.deliver(bytes); }
  void end_input() override { input_.end(); }

 private:
  void begin_input() override { input_.open(socket()); }
  void stop_input() override { input_.close(); }
  void on_input_complete() override;
  void on_input_refused(int number) override;
  void on_output_end(int number) override;

  InputPump input_;
  bool was_reset_ = false;
};

}  // namespace apiary

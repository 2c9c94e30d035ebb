#pragma once

#include "service/dialer.h"
#include "service/input_pump.h"
#include "service/output_pump.h"
#include "service/session.h"

namespace apiary {

/// A TCP conversation handed on to another machine.
class TcpProxy final : public Session, DialListener, InputListener, OutputListener {
 public:
  TcpProxy(const SessionContext& context, const OpenSession& open, RateLimiter& allowance,
           ServiceLog& log);

  void start(const OpenSession& open);

  void deliver(Bytes bytes) override { input_.deliver(bytes); }
  void end_input() override { input_.end(); }
  void grant(std::size_t bytes) override { output_.grant(bytes); }

 private:
  void on_connected(FileDescriptor socket) override;
  void on_dial_failed(const std::string& why) override;
  void on_input_complete() override;
  void on_input_refused(int number) override;
  void on_output_end(int number) override;
  void fail(const std::string& why);

  SessionContext context_;
  SessionId session_;
  std::shared_ptr<const ServiceSpec> service_;  // keeps the name that notes_ shows
  NoteLimiter notes_;
  FileDescriptor socket_;
  Dialer dialer_;
  InputPump input_;
  OutputPump output_;
  bool was_reset_ = false;
};

}  // namespace apiary

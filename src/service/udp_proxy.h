#pragma once

#include <vector>

#include "service/dialer.h"
#include "service/output_pump.h"
#include "service/session.h"

namespace apiary {

/// A UDP flow handed on to another machine, datagram by datagram. What the machine's socket does
/// not take is lost, as on any path.
class UdpProxy final : public Session, DialListener, OutputListener {
 public:
  UdpProxy(const SessionContext& context, const OpenSession& open, RateLimiter& allowance,
           ServiceLog& log);

  void start(const OpenSession& open);

  void deliver(Bytes bytes) override;
  void end_input() override {}  // UDP knows no end
  void grant(std::size_t bytes) override { output_.grant(bytes); }

 private:
  void on_connected(FileDescriptor socket) override;
  void on_dial_failed(const std::string& why) override { fail(why); }
  void on_output_end(int number) override;
  void fail(const std::string& why);

  SessionContext context_;
  SessionId session_;
  std::shared_ptr<const ServiceSpec> service_;  // keeps the name that notes_ shows
  NoteLimiter notes_;
  FileDescriptor socket_;
  Dialer dialer_;
  OutputPump output_;
  std::vector<std::vector<std::uint8_t>> waiting_;  // datagrams for when the name is resolved
  bool has_failed_ = false;
};

}  // namespace apiary

#pragma once

#include "service/dialer.h"
#include "service/note_limiter.h"
#include "service/output_pump.h"
#include "service/session.h"

namespace apiary {

/// A conversation forwarded to another machine: what TCP and UDP share.
class ProxySession : public Session, DialListener, protected OutputListener {
 public:
  /// Dials the target of `open`. Reports failures to the inbox.
  void start(const OpenSession& open);

  void grant(std::size_t bytes) final { output_.grant(bytes); }

 protected:
  /// `type` is SOCK_STREAM or SOCK_DGRAM.
  ProxySession(const SessionContext& context, const DialContext& dial, const OpenSession& open,
               NoteLimiter notes, int type);

  int socket() const { return socket_.get(); }  // -1 until connected
  SessionId session() const { return session_; }
  Inbox& inbox() { return context_.inbox; }
  void on_output_end(int number) override;

 private:
  virtual void begin_input() = 0;  // the socket is connected
  virtual void stop_input() = 0;   // the session has failed: send nothing more
  void on_connected(FileDescriptor socket) final;
  void on_dial_failed(const std::string& why) final { fail(why); }
  void fail(const std::string& why);

  SessionContext context_;
  SessionId session_;
  int type_;
  NoteLimiter notes_;
  FileDescriptor socket_;
  Dialer dialer_;
  OutputPump output_;
};

}  // namespace apiary

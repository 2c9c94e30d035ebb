#pragma once

#include <vector>

#include "base/source_shares.h"
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
  /// `type` is SOCK_STREAM or SOCK_DGRAM. `place` is that of the visitor.
  ProxySession(const SessionContext& context, const DialContext& dial, const OpenSession& open,
               NoteLimiter notes, SourceShares::Place place, int type);

  int socket() const { return socket_.get(); }  // -1 until connected
  SessionId session() const { return session_; }
  Inbox& inbox() { return context_.inbox; }
  /// What the target must receive before the visitor's bytes; empty: nothing.
  Bytes header() const { return header_; }
  /// Reads from the socket.
  void begin_output();
  void on_output_end(int number) override;
  void tell(const std::string& note) { notes_.tell(note); }
  void fail(const std::string& why);

 private:
  virtual void begin_input() = 0;  // the socket is connected
  virtual void stop_input() = 0;   // the session has failed: send nothing more
  /// Nobody answers the dial. `why` is text for people.
  virtual void on_unanswered(const std::string& why) = 0;
  void on_connected(FileDescriptor socket) final;
  void on_dial_failed(const DialFailure& failure) final;

  SessionContext context_;
  SessionId session_;
  int type_;
  NoteLimiter notes_;
  SourceShares::Place place_;
  std::vector<std::uint8_t> header_;
  FileDescriptor socket_;
  Dialer dialer_;
  OutputPump output_;
};

}  // namespace apiary

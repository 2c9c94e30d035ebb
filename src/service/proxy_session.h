#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/source_shares.h"
#include "service/connector.h"
#include "service/note_limiter.h"
#include "service/output_pump.h"
#include "service/session.h"

namespace apiary {

/// A conversation forwarded to a socket: what TCP and UDP share.
class ProxySession : public Session, DialListener, protected OutputListener {
 public:
  /// Connects. Sends `header` before the visitor's bytes. Reports failures to the inbox.
  void start(std::unique_ptr<Connector> connector, std::vector<std::uint8_t> header = {});

  void grant(std::size_t bytes) final { output_.grant(bytes); }

 protected:
  /// `type` is SOCK_STREAM or SOCK_DGRAM. `slot` is that of the visitor.
  ProxySession(const SessionContext& context, const OpenSession& open, NoteLimiter notes,
               SourceShares::Slot slot, int type);

  int socket() const { return connected_.socket.get(); }  // -1 until connected
  /// Where datagrams go; null: the socket is connected.
  const SocketAddress* peer() const { return connected_.peer ? &*connected_.peer : nullptr; }
  SessionId session() const { return session_; }
  Inbox& inbox() { return context_.inbox; }
  /// The bytes that the target must receive before the visitor's; may be empty.
  Bytes header() const { return header_; }
  /// Reads from the socket.
  void begin_output();
  void on_output_end(int number) override;
  void log(const std::string& note) { notes_.log(note); }
  void fail(const std::string& why);

 private:
  virtual void begin_input() = 0;  // the socket is connected
  virtual void stop_input() = 0;   // the session has failed: send nothing more
  /// The target did not answer. `why` is text for people.
  virtual void on_unanswered(const std::string& why) = 0;
  void on_connected(ConnectedSocket socket) final;
  void on_dial_failed(const DialFailure& failure) final;

  SessionContext context_;
  SessionId session_;
  int type_;
  NoteLimiter notes_;
  SourceShares::Slot slot_;
  std::vector<std::uint8_t> header_;
  ConnectedSocket connected_;
  std::unique_ptr<Connector> connector_;
  OutputPump output_;
};

}  // namespace apiary

#pragma once

#include "sandbox/program_protocol.h"

namespace apiary {

class ServerProcess;

/// Receives what happens to a ServerProcess.
class ServerListener {
 public:
  /// It listens on other ports than before.
  virtual void on_ports() = 0;
  /// It has ended, and does not start again. The listener may destroy it, but not before the call
  /// returns.
  virtual void on_end() = 0;
  /// Its last conversation has ended.
  virtual void on_unused() = 0;
  /// Its program begins a connection; and its program has ended, with what it began.
  virtual void on_outbound_request(ServerProcess& server, const OutboundRequest& outbound) = 0;
  virtual void on_program_end(ServerProcess& server) = 0;

 protected:
  ~ServerListener() = default;
};

}  // namespace apiary

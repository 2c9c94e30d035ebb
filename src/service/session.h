#pragma once

#include "service/inbox.h"

namespace apiary {

/// The context that all sessions share.
struct SessionContext {
  event_base* events;
  Inbox& inbox;
};

/// An open conversation. Its destructor ends the service. After it has reported to the inbox that
/// it failed or finished, it reports nothing more.
class Session {
 public:
  virtual ~Session() = default;
  virtual void deliver(Bytes bytes) = 0;
  virtual void end_input() = 0;
  virtual void grant(std::size_t bytes) = 0;
  /// Ends the service, since the conversation has ended. Returns whether the session may be
  /// destroyed. If not, it first reports how the process ended, and then calls Inbox::finished().
  virtual bool close() { return true; }
  /// Logs that the service ends because the daemon stops.
  virtual void on_stop() {}
};

}  // namespace apiary

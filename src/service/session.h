#pragma once

#include "service/inbox.h"

namespace apiary {

/// What every session uses.
struct SessionContext {
  event_base* events;
  Inbox& inbox;
};

/// A conversation under way. Destroying it ends its service. Once it has told the inbox that it
/// failed or finished, it says no more.
class Session {
 public:
  virtual ~Session() = default;
  virtual void deliver(Bytes bytes) = 0;
  virtual void end_input() = 0;
  virtual void grant(std::size_t bytes) = 0;
  /// The conversation is over: ends the service. Returns whether nothing more will be heard of it;
  /// otherwise it still has to tell how it ended, and then says so with Inbox::finished().
  virtual bool close() { return true; }
  /// The daemon stops, and all services with it: tells so.
  virtual void on_stop() {}
};

}  // namespace apiary

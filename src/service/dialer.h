#pragma once

#include <memory>
#include <string>

#include "base/time.h"
#include "posix/file_descriptor.h"
#include "service/loop_event.h"
#include "service/proxy_target.h"
#include "service/resolver.h"

namespace apiary {

/// Receives the outcome of a dial.
class DialListener {
 public:
  virtual void on_connected(FileDescriptor socket) = 0;
  /// `why` is text for people.
  virtual void on_dial_failed(const std::string& why) = 0;

 protected:
  ~DialListener() = default;
};

/// What all dials share.
struct DialContext {
  event_base* events;
  Resolver& resolver;
  Duration connect_time;  // time limit of one dial, after the name is resolved
};

/// Connects a socket to another machine, without blocking.
class Dialer {
 public:
  /// `type` is SOCK_STREAM or SOCK_DGRAM.
  Dialer(const DialContext& context, int type, DialListener& listener)
      : context_(context), type_(type), listener_(listener) {}

  /// Dials "HOST:PORT". Call it once. It calls the listener once, possibly before it returns.
  void dial(const std::string& target);

 private:
  void connect(const SocketAddress& address);
  void on_writable(short what);
  void fail(std::string_view why);

  DialContext context_;
  int type_;
  DialListener& listener_;
  std::string target_;
  std::shared_ptr<Resolver::Waiter> waiter_;
  FileDescriptor socket_;
  LoopEvent writable_;
};

}  // namespace apiary

#pragma once

#include <memory>
#include <string>

#include "base/time.h"
#include "posix/file_descriptor.h"
#include "service/loop_event.h"
#include "service/proxy_target.h"
#include "service/resolver.h"

namespace apiary {

/// Who is told the outcome of a dial.
class DialListener {
 public:
  virtual void on_connected(FileDescriptor socket) = 0;
  /// `why` is for a reader.
  virtual void on_dial_failed(const std::string& why) = 0;

 protected:
  ~DialListener() = default;
};

/// What dials have in common.
struct DialContext {
  event_base* events;
  Resolver& resolver;
  Duration connect_time;  // how long one may take, its name resolved
};

/// Connects a socket to another machine, without blocking.
class Dialer {
 public:
  /// `type` is SOCK_STREAM or SOCK_DGRAM.
  Dialer(const DialContext& context, int type, DialListener& listener)
      : context_(context), type_(type), listener_(listener) {}

  /// Dials "HOST:PORT"; the listener is told once, perhaps at once. At most once.
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

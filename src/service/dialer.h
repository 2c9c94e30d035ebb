#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "posix/file_descriptor.h"
#include "service/loop_event.h"
#include "service/own_connections.h"
#include "service/proxy_target.h"
#include "service/resolver.h"

namespace apiary {

/// Why a dial failed.
struct DialFailure {
  std::string why;             // text for people
  bool is_unanswered = false;  // nobody answered, or nobody is reachable there; else: refused
};

/// Receives the outcome of a dial.
class DialListener {
 public:
  virtual void on_connected(FileDescriptor socket) = 0;
  virtual void on_dial_failed(const DialFailure& failure) = 0;

 protected:
  ~DialListener() = default;
};

/// What all dials share.
struct DialContext {
  event_base* events;
  Resolver& resolver;
  OwnConnections& own_connections;
  Duration connect_time;  // time limit of one dial, with the lookup of the name
};

/// The two ends of a dial.
struct DialRequest {
  std::string target;            // "HOST:PORT", or "unix:/PATH"
  int type = 0;                  // SOCK_STREAM or SOCK_DGRAM
  std::optional<Endpoint> from;  // the address to connect from, instead of this machine's
};

/// Connects a socket to another machine, without blocking.
class Dialer {
 public:
  Dialer(const DialContext& context, DialListener& listener)
      : context_(context), listener_(listener) {}

  /// Dials. Call it once. It calls the listener once, possibly before it returns.
  void dial(DialRequest request);

 private:
  void dial_name(const ProxyTarget& target);
  void connect_to(const SocketAddress& address);
  bool open_socket();            // false: see errno
  bool take_visitors_address();  // false: see errno
  bool gives_up_port(int number);
  void connect();
  void on_writable(short);
  void on_retry(short) { connect(); }
  void on_deadline(short);
  void record_connection();
  void succeed();
  void fail(std::string_view why, bool is_unanswered = false);
  void fail_with(int number);

  DialContext context_;
  DialListener& listener_;
  DialRequest request_;
  SocketAddress address_;
  std::shared_ptr<Resolver::Waiter> waiter_;
  FileDescriptor socket_;
  OwnConnections::Entry own_connection_;  // as long as the socket may be open
  LoopEvent progress_, deadline_;
};

}  // namespace apiary

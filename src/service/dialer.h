#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "posix/file_descriptor.h"
#include "service/connector.h"
#include "service/loop_event.h"
#include "service/own_connections.h"
#include "service/resolver.h"

namespace apiary {

/// The context that all dials share.
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
class Dialer final : public Connector {
 public:
  Dialer(const DialContext& context, DialRequest request)
      : context_(context), request_(std::move(request)) {}

  void start(DialListener& listener) override;

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
  DialRequest request_;
  DialListener* listener_ = nullptr;  // not null once it has started
  SocketAddress address_;
  std::shared_ptr<Resolver::Waiter> waiter_;
  FileDescriptor socket_;
  OwnConnections::Entry own_connection_;  // as long as the socket may be open
  LoopEvent progress_, deadline_;
};

}  // namespace apiary

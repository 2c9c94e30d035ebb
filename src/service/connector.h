#pragma once

#include <optional>
#include <string>

#include "posix/file_descriptor.h"
#include "service/proxy_target.h"

namespace apiary {

/// Why a connection failed.
struct DialFailure {
  std::string why;             // text for people
  bool is_unanswered = false;  // nobody answered, or nobody is reachable there; else: refused
};

/// A socket that is connected, or, with a peer, one of UDP that sends to it.
struct ConnectedSocket {
  FileDescriptor socket;
  std::optional<SocketAddress> peer{};
};

/// Receives the outcome of a connection attempt.
class DialListener {
 public:
  virtual void on_connected(ConnectedSocket socket) = 0;
  virtual void on_dial_failed(const DialFailure& failure) = 0;

 protected:
  ~DialListener() = default;
};

/// Gets the socket of a session, without blocking. Its destructor gives up.
class Connector {
 public:
  virtual ~Connector() = default;
  /// Call it once. It calls the listener once, possibly before it returns.
  virtual void start(DialListener& listener) = 0;
};

}  // namespace apiary

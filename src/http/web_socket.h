#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <variant>

#include "http/web_address.h"
#include "posix/unix_listener.h"

namespace apiary {

/// A listening socket for HTTP.
class WebSocket {
 public:
  /// Listens at an address (port 0: any free one) or at a Unix socket, which `group` may open.
  /// Error: a sentence.
  static tl::expected<WebSocket, std::string> listen_at(const WebAddress& address,
                                                        std::optional<gid_t> group = {});

  int descriptor() const;  ///< non-blocking
  /// The port; 0 for a Unix socket.
  std::uint16_t port() const;

 private:
  using Socket = std::variant<FileDescriptor, UnixListener>;

  explicit WebSocket(Socket socket) : socket_(std::move(socket)) {}

  Socket socket_;
};

}  // namespace apiary

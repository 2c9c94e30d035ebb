#pragma once

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "posix/file_descriptor.h"

namespace apiary {

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A socket bound to a free port of 127.0.0.1.
class LoopbackSocket {
 public:
  explicit LoopbackSocket(int type) : socket_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    bind(get(), reinterpret_cast<sockaddr*>(&address), length);
    getsockname(get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
  }
  int get() const { return socket_.get(); }
  std::uint16_t port() const { return port_; }
  std::string target() const { return fmt::format("127.0.0.1:{}", port_); }

 private:
  FileDescriptor socket_;
  std::uint16_t port_ = 0;
};

/// Accepts one connection and calls `serve` with it in a thread.
class OneConnectionServer : public LoopbackSocket {
 public:
  explicit OneConnectionServer(std::function<void(int)> serve) : LoopbackSocket(SOCK_STREAM) {
    listen(get(), 8);
    thread_ = std::jthread([this, serve = std::move(serve)] {
      const FileDescriptor connection(accept(get(), nullptr, nullptr));
      serve(connection.get());
    });
  }

 private:
  std::jthread thread_;
};

inline std::string read_to_end(int socket) {
  std::string text;
  std::array<char, 65536> room;
  for (ssize_t size; (size = recv(socket, room.data(), room.size(), 0)) > 0;)
    text.append(room.data(), static_cast<std::size_t>(size));
  return text;
}

inline void send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (size <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
}

/// A listener whose backlog is full, so that the kernel drops further SYNs.
class SilentServer : public LoopbackSocket {
 public:
  SilentServer() : LoopbackSocket(SOCK_STREAM) {
    listen(get(), 0);
    const sockaddr_in address = loopback(port());
    for (int i = 0; i < 3; ++i) {
      others_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      connect(others_.back().get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
  }

 private:
  std::vector<FileDescriptor> others_;
};

/// A Unix socket at a path of its own.
class UnixSocket {
 public:
  UnixSocket(const std::string& path, int type)
      : target_("unix:" + path), socket_(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    bind(get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    if (type == SOCK_STREAM) listen(get(), 1);
  }
  int get() const { return socket_.get(); }
  const std::string& target() const { return target_; }

 private:
  std::string target_;
  FileDescriptor socket_;
};

}  // namespace apiary

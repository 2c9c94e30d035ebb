// kernel_server: what this machine's kernel makes of the built-in services, to compare with: an
// event loop over sockets that echoes on port 7, discards on 9, sends on 19, and listens on 80
// without accepting anything. Runs until it is killed.
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <vector>

#include "packet_socket.h"

using namespace apiary;

namespace {

constexpr std::uint16_t echo = 7, discard = 9, chargen = 19, http = 80;

int listen_on(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener, port == http ? 1 : 4'096) != 0)
    fail("cannot listen");
  return listener;
}

class Server {
 public:
  Server() {
    for (const std::uint16_t port : {echo, discard, chargen}) watch(listen_on(port), port, EPOLLIN);
    listen_on(http);
  }

  void turn() {
    std::array<epoll_event, 256> events;
    const int count = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      const int descriptor = static_cast<int>(event.data.u64 & 0xffffffff);
      const auto port = static_cast<std::uint16_t>(event.data.u64 >> 32 & 0xffff);
      if (event.data.u64 >> 48 == 0)
        accept_from(descriptor, port);
      else
        serve(descriptor, port);
    }
  }

 private:
  void watch(int descriptor, std::uint16_t port, std::uint32_t what, bool is_connection = false) {
    epoll_event event{};
    event.events = what;
    event.data.u64 = std::uint64_t{is_connection} << 48 | std::uint64_t{port} << 32 |
                     static_cast<std::uint32_t>(descriptor);
    epoll_ctl(poll_, EPOLL_CTL_ADD, descriptor, &event);
  }

  void accept_from(int listener, std::uint16_t port) {
    for (int one; (one = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;)
      watch(one, port, port == chargen ? EPOLLOUT : EPOLLIN, true);
  }

  void serve(int connection, std::uint16_t port) {
    if (port == chargen) {
      if (send(connection, buffer_.data(), buffer_.size(), MSG_NOSIGNAL) < 0) close(connection);
      return;
    }
    const ssize_t size = recv(connection, buffer_.data(), buffer_.size(), 0);
    if (size <= 0)
      close(connection);
    else if (port == echo)
      (void)!send(connection, buffer_.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL);
  }

  const int poll_ = epoll_create1(0);
  std::vector<char> buffer_ = std::vector<char>(262'144, 'x');
};

}  // namespace

int main() {
  Server server;
  while (true) server.turn();
}

#include "service/dialer.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace apiary {
namespace {

timeval to_timeval(Duration duration) {
  const auto whole = std::chrono::floor<seconds>(duration);
  return {whole.count(), std::chrono::duration_cast<microseconds>(duration - whole).count()};
}

int take_error(int socket) {
  int number = 0;
  socklen_t length = sizeof number;
  getsockopt(socket, SOL_SOCKET, SO_ERROR, &number, &length);
  return number;
}

}  // namespace

void Dialer::dial(const std::string& target) {
  target_ = target;
  const auto parsed = parse_proxy_target(target);
  if (!parsed) return fail("not HOST:PORT");
  if (const auto address = numeric_address(*parsed)) return connect(*address);
  waiter_ = std::make_shared<Resolver::Waiter>(
      [this, port = parsed->port](std::optional<std::uint32_t> found) {
        if (found)
          connect(socket_address(*found, port));
        else
          fail("no address found for the name");
      });
  context_.resolver.resolve(parsed->host, waiter_);
}

void Dialer::connect(const SocketAddress& address) {
  socket_ =
      FileDescriptor(socket(address.storage.ss_family, type_ | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return fail(std::strerror(errno));
  if (type_ == SOCK_STREAM) {
    const int on = 1;
    setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  const int result =
      ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.length);
  if (result == 0) return listener_.on_connected(std::move(socket_));
  if (errno != EINPROGRESS) return fail(std::strerror(errno));
  writable_ =
      make_event<&Dialer::on_writable>(context_.events, socket_.get(), EV_WRITE | EV_TIMEOUT, this);
  const timeval wait = to_timeval(context_.connect_time);
  event_add(writable_.get(), &wait);
}

void Dialer::on_writable(short what) {
  const int number = (what & EV_TIMEOUT) != 0 ? ETIMEDOUT : take_error(socket_.get());
  writable_.reset();
  if (number != 0) return fail(std::strerror(number));
  listener_.on_connected(std::move(socket_));
}

void Dialer::fail(std::string_view why) {
  socket_.close();
  listener_.on_dial_failed(fmt::format("cannot connect to {}: {}", target_, why));
}

}  // namespace apiary

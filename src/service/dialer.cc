#include "service/dialer.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "posix/clock.h"
#include "posix/socket_option.h"

namespace apiary {
namespace {

constexpr std::string_view unix_prefix = "unix:";
// What the kernel may hold of each direction of a connection. It doubles the number, and no longer
// adapts it, which could take megabytes.
constexpr int socket_buffer_bytes = 131'072;
// A Unix socket whose queue is full refuses immediately; a TCP one would let us wait.
constexpr Duration retry_time = milliseconds{50};

int take_error(const FileDescriptor& socket) {
  int number = 0;
  socklen_t length = sizeof number;
  getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &number, &length);
  return number;
}

/// Whether a real host would have left the visitor without an answer.
bool is_silence(int number) {
  return number == ETIMEDOUT || number == EHOSTUNREACH || number == ENETUNREACH;
}

}  // namespace

void Dialer::start(DialListener& listener) {
  listener_ = &listener;
  deadline_ = make_event<&Dialer::on_deadline>(context_.events, -1, 0, this);
  const timeval limit = to_timeval(context_.connect_time);
  event_add(deadline_.get(), &limit);

  const std::string_view target = request_.target;
  if (target.starts_with("unix:/")) {
    const auto address = unix_address(target.substr(unix_prefix.size()));
    return address ? connect_to(*address) : fail("the path is too long");
  }
  const auto parsed = parse_proxy_target(target);
  if (!parsed) return fail("not HOST:PORT");
  if (const auto address = numeric_address(*parsed)) return connect_to(*address);
  dial_name(*parsed);
}

void Dialer::dial_name(const ProxyTarget& target) {
  waiter_ = std::make_shared<Resolver::Waiter>(
      [this, port = target.port](std::optional<std::uint32_t> found) {
        if (found)
          connect_to(socket_address(*found, port));
        else
          fail("no address found for the name");
      });
  context_.resolver.resolve(target.host, waiter_);
}

void Dialer::connect_to(const SocketAddress& address) {
  address_ = address;
  if (!open_socket()) return fail_with(errno);
  if (request_.from) {
    const auto target = endpoint_of(address_);
    if (!target) return fail("the visitor's address needs an IPv4 target");
    if (target->address == request_.from->address) return fail("the target is the visitor");
    if (!take_visitors_address()) {
      if (gives_up_port(errno)) return connect_to(SocketAddress{address_});
      return fail(fmt::format("cannot connect from the visitor's address: {}{}",
                              std::strerror(errno),
                              errno == EPERM ? " (CAP_NET_ADMIN is missing)" : ""));
    }
  }
  connect();
}

bool Dialer::open_socket() {
  const int family = address_.storage.ss_family;
  socket_ = FileDescriptor(socket(family, request_.type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return false;
  if (request_.type == SOCK_STREAM) {
    set_option(socket_, SOL_SOCKET, SO_SNDBUF, socket_buffer_bytes);
    set_option(socket_, SOL_SOCKET, SO_RCVBUF, socket_buffer_bytes);
  }
  if (request_.type == SOCK_STREAM && family != AF_UNIX)
    set_option(socket_, IPPROTO_TCP, TCP_NODELAY, 1);
  if (family != AF_UNIX || request_.type != SOCK_DGRAM) return true;
  // The server needs an address to answer to: any, from the kernel (unix(7), autobind).
  const sa_family_t unnamed = AF_UNIX;
  return bind(socket_.get(), reinterpret_cast<const sockaddr*>(&unnamed), sizeof unnamed) == 0;
}

bool Dialer::take_visitors_address() {
  const SocketAddress address =
      socket_address(request_.from->address.v4_value(), request_.from->port);
  return set_option(socket_, IPPROTO_IP, IP_TRANSPARENT, 1) &&
         set_option(socket_, SOL_SOCKET, SO_REUSEADDR, 1) &&
         bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.length) ==
             0;
}

/// Whether another connection to the target has the visitor's port, and any other will do.
bool Dialer::gives_up_port(int number) {
  if (!request_.from || request_.from->port.number == 0) return false;
  if (number != EADDRINUSE && number != EADDRNOTAVAIL) return false;
  request_.from->port = Port{0};
  return true;
}

void Dialer::connect() {
  const int result = ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address_.storage),
                               address_.length);
  if (result == 0) {
    record_connection();
    return succeed();
  }
  if (errno == EAGAIN && address_.storage.ss_family == AF_UNIX) {
    progress_ = make_event<&Dialer::on_retry>(context_.events, -1, 0, this);
    const timeval pause = to_timeval(retry_time);
    event_add(progress_.get(), &pause);
    return;
  }
  if (gives_up_port(errno)) return connect_to(SocketAddress{address_});
  if (errno != EINPROGRESS) return fail_with(errno);
  record_connection();
  progress_ = make_event<&Dialer::on_writable>(context_.events, socket_.get(), EV_WRITE, this);
  event_add(progress_.get(), nullptr);
}

void Dialer::on_writable(short) {
  if (const int number = take_error(socket_); number != 0) return fail_with(number);
  succeed();
}

void Dialer::on_deadline(short) {
  waiter_.reset();  // an address that is found later is not used
  fail_with(ETIMEDOUT);
}

/// Remembers the connection as the target sees it.
void Dialer::record_connection() {
  SocketAddress local;
  local.length = sizeof local.storage;
  getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&local.storage), &local.length);
  const auto from = endpoint_of(local), to = endpoint_of(address_);
  if (!from || !to) return;
  own_connection_ = context_.own_connections.add(
      {*from, *to, request_.type == SOCK_STREAM ? IpProtocol::tcp : IpProtocol::udp});
}

void Dialer::succeed() {
  progress_.reset();
  deadline_.reset();
  listener_->on_connected({std::move(socket_)});
}

void Dialer::fail_with(int number) { fail(std::strerror(number), is_silence(number)); }

void Dialer::fail(std::string_view why, bool is_unanswered) {
  progress_.reset();
  deadline_.reset();
  socket_.close();
  own_connection_ = {};
  listener_->on_dial_failed(
      {fmt::format("cannot connect to {}: {}", request_.target, why), is_unanswered});
}

}  // namespace apiary

#include "service/udp_proxy.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace apiary {
namespace {

/// iovec is not for constants alone; sendmsg(2) changes nothing.
iovec part_of(Bytes bytes) { return {const_cast<std::uint8_t*>(bytes.data()), bytes.size()}; }

}  // namespace

UdpProxy::UdpProxy(const SessionContext& context, const OpenSession& open, NoteLimiter notes,
                   SourceShares::Slot slot)
    : ProxySession(context, open, std::move(notes), std::move(slot), SOCK_DGRAM) {}

void UdpProxy::deliver(Bytes bytes) {
  if (!is_over_ && socket() < 0) {
    waiting_.emplace_back(bytes.begin(), bytes.end());
    return;
  }
  inbox().consumed(session(), bytes.size());
  if (is_over_) return;
  std::array<iovec, 2> parts = {part_of(header()), part_of(bytes)};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  SocketAddress to;
  if (peer() != nullptr) {
    to = *peer();
    message.msg_name = &to.storage;
    message.msg_namelen = to.length;
  }
  if (sendmsg(socket(), &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return;
  const int number = errno;
  if (number == EMSGSIZE)
    log(fmt::format("a datagram of {} bytes is too large for the target", bytes.size()));
  // Of an earlier datagram (port unreachable), which the kernel reports once, or of a Unix socket.
  if (number == ECONNREFUSED || number == ECONNRESET || number == ENOTCONN) on_output_end(number);
}

void UdpProxy::begin_input() {
  for (const auto& datagram : std::exchange(waiting_, {})) deliver(datagram);
}

/// A flow without answers is what the visitor of a dead host sees.
void UdpProxy::on_unanswered(const std::string& why) {
  is_over_ = true;
  log(why);
  for (const auto& datagram : std::exchange(waiting_, {}))
    inbox().consumed(session(), datagram.size());
}

void UdpProxy::on_output_end(int number) {
  if (number != EHOSTUNREACH && number != ENETUNREACH) return ProxySession::on_output_end(number);
  log(fmt::format("no answer: {}", std::strerror(number)));
  begin_output();  // a later datagram may arrive
}

}  // namespace apiary

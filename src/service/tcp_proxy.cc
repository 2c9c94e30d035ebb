#include "service/tcp_proxy.h"

#include <sys/socket.h>

#include <cerrno>

namespace apiary {

TcpProxy::TcpProxy(const SessionContext& context, const OpenSession& open, NoteLimiter notes,
                   SourceShares::Slot slot)
    : ProxySession(context, open, std::move(notes), std::move(slot), SOCK_STREAM),
      input_(context.events, context.inbox, open.session, *this) {}

void TcpProxy::begin_input() {
  // A new connection has room for it.
  const auto size = static_cast<ssize_t>(header().size());
  if (size > 0 && send(socket(), header().data(), header().size(), MSG_NOSIGNAL) != size)
    return fail("connection lost: it did not take the PROXY header");
  input_.open(socket());
}

void TcpProxy::end_input() {
  input_asked_to_end_ = true;
  input_.end();
  if (is_unanswered_) inbox().ended(session());
}

void TcpProxy::on_unanswered(const std::string& why) {
  is_unanswered_ = true;
  log(why + ": the visitor stays connected, without answers");
  if (input_asked_to_end_) inbox().ended(session());
}

/// A conversation that both sides ended has nothing to reset.
bool TcpProxy::close() {
  if (socket() >= 0 && !(input_is_complete_ && output_has_ended_)) {
    const linger reset{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  return true;
}

void TcpProxy::on_input_complete() {
  input_is_complete_ = true;
  shutdown(socket(), SHUT_WR);
}

/// Data that the peer sent before may still be unread, so the output decides when the session ends.
/// But the kernel reports a reset only once. (If the peer closed first, this is EPIPE.)
void TcpProxy::on_input_refused(int number) { was_reset_ = number == ECONNRESET; }

void TcpProxy::on_output_end(int number) {
  output_has_ended_ = true;
  ProxySession::on_output_end(number == 0 && was_reset_ ? ECONNRESET : number);
}

}  // namespace apiary

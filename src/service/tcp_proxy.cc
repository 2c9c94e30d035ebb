#include "service/tcp_proxy.h"

#include <sys/socket.h>

#include <cerrno>

namespace apiary {

TcpProxy::TcpProxy(const SessionContext& context, const DialContext& dial, const OpenSession& open,
                   NoteLimiter notes)
    : ProxySession(context, dial, open, std::move(notes), SOCK_STREAM),
      input_(context.events, context.inbox, open.session, *this) {}

void TcpProxy::on_input_complete() { shutdown(socket(), SHUT_WR); }

/// Data that the peer sent before may still be unread, so the output decides when the session ends.
/// But the kernel reports a reset only once. (If the peer closed first, this is EPIPE.)
void TcpProxy::on_input_refused(int number) { was_reset_ = number == ECONNRESET; }

void TcpProxy::on_output_end(int number) {
  ProxySession::on_output_end(number == 0 && was_reset_ ? ECONNRESET : number);
}

}  // namespace apiary

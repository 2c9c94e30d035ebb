#include "service/tcp_proxy.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "session/variables.h"

namespace apiary {

TcpProxy::TcpProxy(const SessionContext& context, const OpenSession& open, RateLimiter& allowance,
                   ServiceLog& log)
    : context_(context),
      session_(open.session),
      service_(open.service),
      notes_(log, allowance, open, std::get<Proxy>(*service_).target),
      dialer_(context, SOCK_STREAM, *this),
      input_(context.events, context.inbox, open.session, *this),
      output_(context.events, context.inbox, open.session, open.output_allowance_bytes, *this) {}

void TcpProxy::start(const OpenSession& open) {
  dialer_.dial(expand_variables(std::get<Proxy>(*service_).target, Variables(open.flow)));
}

void TcpProxy::on_connected(FileDescriptor socket) {
  socket_ = std::move(socket);
  output_.open(socket_.get(), OutputPump::Kind::stream);
  input_.open(socket_.get());
}

void TcpProxy::on_dial_failed(const std::string& why) { fail(why); }

void TcpProxy::on_input_complete() { shutdown(socket_.get(), SHUT_WR); }

/// What the peer has said before may still be read, so only the output decides about the end. But
/// the kernel tells of a reset only once. (Where the peer closed first, this is EPIPE.)
void TcpProxy::on_input_refused(int number) { was_reset_ = number == ECONNRESET; }

void TcpProxy::on_output_end(int number) {
  if (number == 0 && was_reset_) number = ECONNRESET;
  if (number == 0) return context_.inbox.ended(session_);
  fail(fmt::format("connection lost: {}", std::strerror(number)));
}

void TcpProxy::fail(const std::string& why) {
  input_.close();
  output_.close();
  notes_.tell(why);
  context_.inbox.failed(session_);
}

}  // namespace apiary

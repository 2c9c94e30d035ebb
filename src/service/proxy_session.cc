#include "service/proxy_session.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cstring>

#include "session/variables.h"

namespace apiary {

ProxySession::ProxySession(const SessionContext& context, const DialContext& dial,
                           const OpenSession& open, NoteLimiter notes, int type)
    : context_(context),
      session_(open.session),
      type_(type),
      notes_(std::move(notes)),
      dialer_(dial, type, *this),
      output_(context.events, context.inbox, open.session, open.output_allowance_bytes, *this) {}

void ProxySession::start(const OpenSession& open) {
  dialer_.dial(expand_variables(std::get<Proxy>(*open.service).target, Variables(open.flow)));
}

void ProxySession::on_connected(FileDescriptor socket) {
  socket_ = std::move(socket);
  output_.open(socket_.get(),
               type_ == SOCK_STREAM ? OutputPump::Kind::stream : OutputPump::Kind::datagrams);
  begin_input();
}

void ProxySession::on_output_end(int number) {
  if (number == 0) return context_.inbox.ended(session_);
  fail(fmt::format("connection lost: {}", std::strerror(number)));
}

void ProxySession::fail(const std::string& why) {
  stop_input();
  output_.close();
  notes_.tell(why);
  context_.inbox.failed(session_);
}

}  // namespace apiary

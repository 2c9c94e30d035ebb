#include "service/proxy_session.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cstring>

#include "service/proxy_protocol.h"
#include "session/variables.h"

namespace apiary {

ProxySession::ProxySession(const SessionContext& context, const DialContext& dial,
                           const OpenSession& open, NoteLimiter notes, SourceShares::Place place,
                           int type)
    : context_(context),
      session_(open.session),
      type_(type),
      notes_(std::move(notes)),
      place_(std::move(place)),
      dialer_(dial, *this),
      output_(context.events, context.inbox, open.session, open.output_allowance_bytes, *this) {}

void ProxySession::start(const OpenSession& open) {
  const Proxy& proxy = std::get<Proxy>(*open.service);
  DialRequest request{expand_variables(proxy.target, Variables(open.flow)), type_, {}};
  switch (proxy.disclosure) {
    case VisitorDisclosure::none:
      break;
    case VisitorDisclosure::proxy_protocol:
      header_ = proxy_header(open.flow);
      break;
    case VisitorDisclosure::transparent:
      request.from = open.flow.remote;
      break;
  }
  dialer_.dial(std::move(request));
}

void ProxySession::on_connected(FileDescriptor socket) {
  socket_ = std::move(socket);
  begin_output();
  begin_input();
}

void ProxySession::begin_output() {
  output_.open(socket_.get(),
               type_ == SOCK_STREAM ? OutputPump::Kind::stream : OutputPump::Kind::datagrams);
}

void ProxySession::on_dial_failed(const DialFailure& failure) {
  failure.is_unanswered ? on_unanswered(failure.why) : fail(failure.why);
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

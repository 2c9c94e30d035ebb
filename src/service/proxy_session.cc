#include "service/proxy_session.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cstring>

namespace apiary {

ProxySession::ProxySession(const SessionContext& context, const OpenSession& open,
                           NoteLimiter notes, SourceShares::Slot slot, int type)
    : context_(context),
      session_(open.session),
      type_(type),
      notes_(std::move(notes)),
      slot_(std::move(slot)),
      output_(context.events, context.inbox, open.session, open.output_allowance_bytes, *this) {}

void ProxySession::start(std::unique_ptr<Connector> connector, std::vector<std::uint8_t> header) {
  header_ = std::move(header);
  connector_ = std::move(connector);
  connector_->start(*this);
}

void ProxySession::on_connected(ConnectedSocket socket) {
  connected_ = std::move(socket);
  begin_output();
  begin_input();
}

void ProxySession::begin_output() {
  output_.open(socket(),
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
  notes_.log(why);
  context_.inbox.failed(session_);
}

}  // namespace apiary

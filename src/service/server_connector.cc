#include "service/server_connector.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cstring>
#include <utility>

#include "posix/clock.h"

namespace apiary {

ServerProcess::ServerConnector::ServerConnector(ServerProcess& server, const FlowKey& flow,
                                                std::uint64_t request_number)
    : server_(server), flow_(flow), request_number_(request_number), process_(server.process_) {
  ++server_.users_;
  if (request_number_ != 0) server_.outbound_.push_back(this);
}

ServerProcess::ServerConnector::~ServerConnector() {
  forget();
  std::erase(server_.outbound_, this);
  if (request_number_ != 0 && process_ == server_.process_)
    server_.spawner_.answer(process_, request_number_, OutboundAnswer::forget);
  if (--server_.users_ == 0) server_.listener_.on_unused();
}

void ServerProcess::ServerConnector::start(DialListener& listener) {
  listener_ = &listener;
  deadline_ = make_event<&ServerConnector::on_deadline>(server_.context_.events, -1, 0, this);
  const timeval limit = to_timeval(server_.settings_.limits.connect_time);
  event_add(deadline_.get(), &limit);
  server_.request(*this);
}

void ServerProcess::ServerConnector::on_socket(FileDescriptor socket) {
  socket_ = std::move(socket);
  if (is_udp()) return succeed();
  writable_ = make_event<&ServerConnector::on_writable>(server_.context_.events, socket_.get(),
                                                        EV_WRITE, this);
  event_add(writable_.get(), nullptr);
}

void ServerProcess::ServerConnector::end(const std::string& why, bool is_unanswered) {
  forget();
  deadline_.reset();
  writable_.reset();
  socket_.close();
  listener_->on_dial_failed({why, is_unanswered});
}

void ServerProcess::ServerConnector::forget() {
  std::erase(server_.waiting_, this);
  std::erase_if(server_.asked_, [this](const auto& one) { return one.second == this; });
}

void ServerProcess::ServerConnector::on_writable(short) {
  int number = 0;
  socklen_t length = sizeof number;
  getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &number, &length);
  number == 0 ? succeed() : fail(std::strerror(number));
}

void ServerProcess::ServerConnector::on_deadline(short) {
  if (is_outbound()) return fail("the server does not wait for it any more");
  if (server_.ports_.contains(port())) return fail("its connection queue is full", true);
  fail(fmt::format("it does not listen on {} port {}", name_of(flow_.protocol),
                   flow_.local.port.number));
}

void ServerProcess::ServerConnector::succeed() {
  deadline_.reset();
  writable_.reset();
  ConnectedSocket connected{std::move(socket_)};
  if (!is_connected())
    connected.peer = socket_address(flow_.local.address.v4_value(), flow_.local.port);
  listener_->on_connected(std::move(connected));
}

}  // namespace apiary

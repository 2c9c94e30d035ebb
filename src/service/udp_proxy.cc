#include "service/udp_proxy.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cstring>

#include "session/variables.h"

namespace apiary {

UdpProxy::UdpProxy(const SessionContext& context, const OpenSession& open, RateLimiter& allowance,
                   ServiceLog& log)
    : context_(context),
      session_(open.session),
      service_(open.service),
      notes_(log, allowance, open, std::get<Proxy>(*service_).target),
      dialer_(context, SOCK_DGRAM, *this),
      output_(context.events, context.inbox, open.session, open.output_allowance_bytes, *this) {}

void UdpProxy::start(const OpenSession& open) {
  dialer_.dial(expand_variables(std::get<Proxy>(*service_).target, Variables(open.flow)));
}

void UdpProxy::deliver(Bytes bytes) {
  if (has_failed_) return;
  if (!socket_) {
    waiting_.emplace_back(bytes.begin(), bytes.end());
    return;
  }
  // An error here is that of an earlier datagram (port unreachable): the read will tell.
  send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  context_.inbox.consumed(session_, bytes.size());
}

void UdpProxy::on_connected(FileDescriptor socket) {
  socket_ = std::move(socket);
  output_.open(socket_.get(), OutputPump::Kind::datagrams);
  for (const auto& datagram : std::exchange(waiting_, {})) deliver(datagram);
}

void UdpProxy::on_output_end(int number) {
  fail(fmt::format("connection lost: {}", std::strerror(number)));
}

void UdpProxy::fail(const std::string& why) {
  has_failed_ = true;
  output_.close();
  notes_.tell(why);
  context_.inbox.failed(session_);
}

}  // namespace apiary

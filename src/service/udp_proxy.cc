#include "service/udp_proxy.h"

#include <sys/socket.h>

#include <utility>

namespace apiary {

UdpProxy::UdpProxy(const SessionContext& context, const DialContext& dial, const OpenSession& open,
                   NoteLimiter notes)
    : ProxySession(context, dial, open, std::move(notes), SOCK_DGRAM) {}

void UdpProxy::deliver(Bytes bytes) {
  if (has_failed_) return;
  if (socket() < 0) {
    waiting_.emplace_back(bytes.begin(), bytes.end());
    return;
  }
  // An error here belongs to an earlier datagram (port unreachable): the read reports it.
  send(socket(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  inbox().consumed(session(), bytes.size());
}

void UdpProxy::begin_input() {
  for (const auto& datagram : std::exchange(waiting_, {})) deliver(datagram);
}

}  // namespace apiary

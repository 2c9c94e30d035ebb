#include "service/proxy_backend.h"

#include <fmt/format.h>

#include "service/tcp_proxy.h"
#include "service/udp_proxy.h"

namespace apiary {

tl::expected<std::unique_ptr<Session>, Refusal> ProxyBackend::open(const OpenSession& open,
                                                                   NoteLimiter notes) {
  const bool is_udp = open.flow.protocol == IpProtocol::udp;
  if (session_count() >= limits_.sessions)
    return tl::unexpected(
        Refusal{fmt::format("not connected: {} connections are open already", limits_.sessions)});
  if (is_udp && datagram_session_count() >= limits_.datagram_sessions)
    return tl::unexpected(Refusal{fmt::format(
        "not connected: {} connections are open for UDP already", limits_.datagram_sessions)});
  const DialContext dial{context_.events, resolver_, limits_.connect_time};
  std::unique_ptr<ProxySession> session;
  if (is_udp)
    session = std::make_unique<UdpProxy>(context_, dial, open, std::move(notes));
  else
    session = std::make_unique<TcpProxy>(context_, dial, open, std::move(notes));
  session->start(open);
  return session;
}

}  // namespace apiary

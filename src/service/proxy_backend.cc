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
  auto place = shares_.take(open.flow.remote.address);
  if (!place) return tl::unexpected(used_up(place.error(), open.flow.remote.address));
  const DialContext dial{context_.events, resolver_, own_connections_, limits_.connect_time};
  std::unique_ptr<ProxySession> session;
  if (is_udp)
    session = std::make_unique<UdpProxy>(context_, dial, open, std::move(notes), *std::move(place));
  else
    session = std::make_unique<TcpProxy>(context_, dial, open, std::move(notes), *std::move(place));
  session->start(open);
  return session;
}

Refusal ProxyBackend::used_up(SourceShares::Exhausted share, const IpAddress& source) const {
  if (share == SourceShares::Exhausted::host)
    return {fmt::format("not connected: {} has {} connections already", to_string(source),
                        shares_.limits().per_host)};
  return {fmt::format("not connected: the network of {} has {} connections already",
                      to_string(source), shares_.limits().per_network)};
}

}  // namespace apiary

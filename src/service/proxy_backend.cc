#include "service/proxy_backend.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include "service/dialer.h"
#include "service/proxy_protocol.h"
#include "service/share_refusal.h"
#include "service/tcp_proxy.h"
#include "service/udp_proxy.h"
#include "session/variables.h"

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
  auto slot = shares_.take(open.flow.remote.address);
  if (!slot)
    return tl::unexpected(
        share_refusal(limits_.per_source, slot.error(), open.flow.remote.address));
  const Proxy& proxy = std::get<Proxy>(*open.service);
  DialRequest request{
      expand_variables(proxy.target, Variables(open.flow)), is_udp ? SOCK_DGRAM : SOCK_STREAM, {}};
  std::vector<std::uint8_t> header;
  switch (proxy.disclosure) {
    case VisitorDisclosure::none:
      break;
    case VisitorDisclosure::proxy_protocol:
      header = proxy_header(open.flow);
      break;
    case VisitorDisclosure::transparent:
      request.from = open.flow.remote;
      break;
  }
  std::unique_ptr<ProxySession> session;
  if (is_udp)
    session = std::make_unique<UdpProxy>(context_, open, std::move(notes), *std::move(slot));
  else
    session = std::make_unique<TcpProxy>(context_, open, std::move(notes), *std::move(slot));
  session->start(std::make_unique<Dialer>(DialContext{context_.events, resolver_, own_connections_,
                                                      limits_.connect_time},
                                          std::move(request)),
                 std::move(header));
  return session;
}

}  // namespace apiary

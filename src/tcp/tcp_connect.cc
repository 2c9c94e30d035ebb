// How TcpHandler opens connections of hosts.
#include <memory>

#include "tcp/endpoints.h"
#include "tcp/link_mss.h"
#include "tcp/tcp.h"

namespace apiary {

void TcpHandler::connect(HostContext& host, const ConnectRequest& request) {
  const FlowKey& flow = request.flow;
  if (connections_.find(flow) != nullptr || half_open_.find(flow) != HalfOpenTable::none ||
      tarpit_.template_of(flow) != nullptr)
    return host.ask(ConnectionFailed{request.number, ConnectFailure::in_use});
  make_room(host);
  const Personality& personality = host.personality();
  const std::uint32_t offset =
      host.stack().draw_timestamp_offset(personality.timestamps, host.now, endpoints_of(flow));
  TcpReply syn = open_connection(personality, host.stack(), offset, host.now);
  fit_mss_to_link(syn, host);
  Connection& connection = connections_.add(
      host.now,
      std::make_unique<Connection>(host, connections_.next_session(),
                                   ActiveStart{.host_template = templates_.pin(host.host_template),
                                               .request = request,
                                               .syn = syn,
                                               .timestamp_offset = offset},
                                   waiting_bytes_));
  connection.connect(host);
  update_or_remove(host.now, connection);
}

}  // namespace apiary

// How TcpHandler makes room in its full tables.
#include "tcp/tcp.h"

namespace apiary {

void TcpHandler::make_room(HostContext& host) {
  while (Connection* const victim = connections_.victim()) {
    ++(victim->state() == TcpState::syn_received ? half_open_evictions_ : evictions_);
    victim->evict(host);
    connections_.remove(*victim);
    host.drop(DropReason::connection_limit);
  }
}

}  // namespace apiary

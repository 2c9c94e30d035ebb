#include "daemon/local_exchange.h"

namespace apiary {

ServiceInput LocalExchange::take_input() {
  auto ports = services_.take_ports();
  const std::span<const ServiceMessage> messages = services_.take_messages();
  connects_ = services_.take_connect_requests();
  return {messages, connects_, std::move(ports)};
}

void LocalExchange::hand_over(Instant now, Outbox& out, std::span<const ServiceMessage> handled,
                              const Counters& counters) {
  if (capture_ != nullptr)
    for (EventBody& what : capture_->take_events()) pipeline_.emit(std::move(what));
  pipeline_.on_turn(now, {out.events, out.services, handled});
  pipeline_.on_counters(now, counters);
  if (!out.services.empty()) services_.execute(out.services);
  if (release_ && !out.released.empty()) release_(std::exchange(out.released, {}));
  out.clear();
}

}  // namespace apiary

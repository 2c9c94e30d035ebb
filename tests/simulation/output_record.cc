#include "output_record.h"

#include "base/keyed_hash.h"

namespace apiary::simulation {

void OutputRecord::note(const Packet& packet) {
  ++packets_sent;
  add(packet.bytes(), packet.interface.index);
}

std::optional<std::string> OutputRecord::execute_command(const Outbox& out,
                                                         ServiceSource& services) {
  for (const ServiceCommand& command : out.services) {
    if (auto fault = services.take(command)) return fault;
    if (std::holds_alternative<OpenSession>(command)) ++sessions_opened;
    add({}, 1 + command.index());
  }
  add({}, 100 + out.events.size());
  return {};
}

void OutputRecord::add(Bytes bytes, std::uint64_t also) { hash = keyed_hash({hash, also}, bytes); }

}  // namespace apiary::simulation

// What a batch of frames will need is fetched from memory in steps, each some frames before the
// next, as each step reads what the one before fetched: the places of destination and flow in the
// tables; where the host's template is, its state, and the slot of a connection; the template; the
// personality, and the connection, half-open or not.
#include "engine/engine.h"
#include "engine/engine_parts.h"
#include "wire/decode.h"

namespace apiary {
namespace {

// Frames between the steps. Handling them takes longer than a fetch from memory.
constexpr std::size_t place_ahead = 10, host_ahead = 7, template_ahead = 5, personality_ahead = 3;

template <class Object>
void prefetch(const Object& object) {
  const auto first = reinterpret_cast<std::uintptr_t>(&object);
  for (std::uintptr_t line = first / 64; line <= (first + sizeof object - 1) / 64; ++line)
    __builtin_prefetch(reinterpret_cast<const void*>(line * 64));
}

/// Fetches the rules for a reply to a packet of `protocol`.
void prefetch_rules(const Personality& personality, IpProtocol protocol) {
  prefetch(personality.ip_ids);
  switch (protocol) {
    case IpProtocol::icmp:
      return prefetch(personality.echo);
    case IpProtocol::udp:
      prefetch(personality.icmp_error);
      return prefetch(personality.error_allowance);
    case IpProtocol::tcp:
      prefetch(personality.syn);
      prefetch(personality.segment(ProbeKind::syn));
      prefetch(personality.default_reset);
      prefetch(personality.isn);
      return prefetch(personality.timestamps);
  }
}

}  // namespace

void Engine::expect(InterfaceId interface, std::span<const ReceivedFrame> next) {
  const LinkLayer link_layer = settings_.interfaces[interface.index].link_layer;
  const auto flow_at = [&](std::size_t ahead) {
    return ahead < next.size() ? read_flow(next[ahead].bytes, link_layer) : std::nullopt;
  };
  const auto known = [&](const std::optional<FlowKey>& flow) -> const Destination* {
    const Destination* const there =
        flow ? parts_->destinations.find(flow->local.address) : nullptr;
    return there == nullptr || there->host_template == nullptr ? nullptr : there;
  };
  const TcpHandler& tcp = parts_->transport.tcp();
  if (const auto flow = flow_at(place_ahead)) {
    parts_->destinations.prefetch(flow->local.address);
    if (flow->protocol == IpProtocol::tcp) tcp.prefetch_places(*flow);
  }
  if (const auto flow = flow_at(host_ahead)) {
    if (flow->protocol == IpProtocol::tcp) tcp.prefetch_slots(*flow);
    if (const Destination* const host = known(flow)) {
      parts_->hosts.prefetch(host->host_slot);
      prefetch(*host->host_template);
    }
  }
  if (const Destination* const host = known(flow_at(template_ahead)))
    prefetch(**host->host_template);
  if (const auto flow = flow_at(personality_ahead)) {
    if (flow->protocol == IpProtocol::tcp) tcp.prefetch_entries(*flow);
    const Destination* const host = known(flow);
    if (host != nullptr && (*host->host_template)->personality)
      prefetch_rules(*(*host->host_template)->personality, flow->protocol);
  }
}

}  // namespace apiary

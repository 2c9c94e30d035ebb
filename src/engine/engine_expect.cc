// What a batch of frames will need is fetched from memory in steps, each some frames before the
// next, as each step reads what the one before fetched: the places of destination and flow in the
// tables; where the host's template is, its state, what is known of the visitor, and the slot of a
// connection; the template; the personality, and the connection, half-open or not.
#include "base/prefetch.h"
#include "engine/engine.h"
#include "engine/engine_parts.h"
#include "wire/decode.h"

namespace apiary {
namespace {

// Frames between the steps. Handling them takes longer than a fetch from memory.
constexpr std::size_t place_ahead = 10, host_ahead = 7, template_ahead = 5, personality_ahead = 3;

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

/// The steps for the frames of a batch. Each does nothing beyond its last frame.
class Engine::BatchPrefetch {
 public:
  BatchPrefetch(Parts& parts, LinkLayer link_layer, std::span<const ReceivedFrame> frames)
      : parts_(parts), link_layer_(link_layer), frames_(frames) {}

  void places(std::size_t frame) const {
    auto& flow = parts_.expected_flows[frame % Parts::max_expected];
    flow = frame < frames_.size() ? read_flow(frames_[frame].bytes, link_layer_) : std::nullopt;
    if (!flow) return;
    parts_.destinations.prefetch(flow->local.address);
    if (flow->protocol == IpProtocol::tcp) parts_.transport.tcp().prefetch_places(*flow);
  }
  void host(std::size_t frame) const {
    const auto& flow = flow_of(frame);
    if (!flow) return;
    if (flow->protocol == IpProtocol::tcp) parts_.transport.tcp().prefetch_slots(*flow);
    parts_.hosts.prefetch_visitor(flow->remote.address);
    if (flow->protocol == IpProtocol::udp)
      parts_.hosts.prefetch_icmp_errors(flow->local.address, flow->remote.address);
    if (const Destination* const host = known(*flow)) {
      parts_.hosts.prefetch_slot(host->host_slot);
      prefetch(*host->host_template);
    } else {
      parts_.hosts.prefetch(flow->local.address);
    }
  }
  void host_template(std::size_t frame) const {
    const auto& flow = flow_of(frame);
    const Destination* const host = flow ? known(*flow) : nullptr;
    if (host != nullptr) prefetch(**host->host_template);
  }
  void personality(std::size_t frame) const {
    const auto& flow = flow_of(frame);
    if (!flow) return;
    if (flow->protocol == IpProtocol::tcp) parts_.transport.tcp().prefetch_entries(*flow);
    const Destination* const host = known(*flow);
    if (host != nullptr && (*host->host_template)->personality)
      prefetch_rules(*(*host->host_template)->personality, flow->protocol);
  }

 private:
  static_assert(place_ahead < Parts::max_expected);

  /// The flow of a frame that places() was called for; nothing beyond the last frame.
  const std::optional<FlowKey>& flow_of(std::size_t frame) const {
    return parts_.expected_flows[frame % Parts::max_expected];
  }
  const Destination* known(const FlowKey& flow) const {
    const Destination* const there = parts_.destinations.find(flow.local.address);
    return there == nullptr || there->host_template == nullptr ? nullptr : there;
  }

  Parts& parts_;
  const LinkLayer link_layer_;
  const std::span<const ReceivedFrame> frames_;
};

void Engine::expect(InterfaceId interface, std::span<const ReceivedFrame> batch, std::size_t next) {
  const BatchPrefetch prefetch(*parts_, settings_.interfaces[interface.index].link_layer, batch);
  if (next == 0) {
    for (std::size_t i = 0; i < place_ahead; ++i) prefetch.places(i);
    for (std::size_t i = 0; i < host_ahead; ++i) prefetch.host(i);
    for (std::size_t i = 0; i < template_ahead; ++i) prefetch.host_template(i);
    for (std::size_t i = 0; i < personality_ahead; ++i) prefetch.personality(i);
  }
  prefetch.places(next + place_ahead);
  prefetch.host(next + host_ahead);
  prefetch.host_template(next + template_ahead);
  prefetch.personality(next + personality_ahead);
}

}  // namespace apiary

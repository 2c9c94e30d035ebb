// What a batch of frames will need is fetched from memory in three steps, each some frames before
// the next: the place of the destination in the cache, the host with its template, the personality.
#include "engine/engine.h"
#include "engine/engine_parts.h"
#include "wire/decode.h"

namespace apiary {
namespace {

// Frames between the steps. Handling them takes longer than a fetch from memory.
constexpr std::size_t place_ahead = 9, host_ahead = 6, personality_ahead = 3;

template <class Object>
void prefetch_all(const Object& object) {
  const auto* const first = reinterpret_cast<const char*>(&object);
  for (std::size_t at = 0; at < sizeof object; at += 64) __builtin_prefetch(first + at);
}

}  // namespace

void Engine::expect(InterfaceId interface, std::span<const ReceivedFrame> next) {
  const LinkLayer link_layer = settings_.interfaces[interface.index].link_layer;
  const auto known = [&](std::size_t ahead) -> const Destination* {
    const auto address =
        ahead < next.size() ? read_destination(next[ahead].bytes, link_layer) : std::nullopt;
    return address ? parts_->destinations.find(*address) : nullptr;
  };
  if (place_ahead < next.size())
    if (const auto address = read_destination(next[place_ahead].bytes, link_layer))
      parts_->destinations.prefetch(*address);
  if (const Destination* const host = known(host_ahead); host != nullptr) {
    parts_->hosts.prefetch(host->host_slot);
    if (host->host_template != nullptr) prefetch_all(**host->host_template);
  }
  if (const Destination* const host = known(personality_ahead);
      host != nullptr && host->host_template != nullptr && (*host->host_template)->personality)
    prefetch_all(*(*host->host_template)->personality);
}

}  // namespace apiary

#include "runtime/shard_loop.h"

#include <fmt/format.h>

#include <algorithm>

namespace apiary {

ShardLoop::ShardLoop(Engine& engine, std::span<const std::unique_ptr<Device>> devices,
                     ServiceRunner& services, Chronicle& chronicle, EventLoop& events,
                     const SystemClock& clock)
    : engine_(engine),
      devices_(devices),
      services_(services),
      chronicle_(chronicle),
      events_(events),
      clock_(clock),
      failing_(devices.size()) {
  for (const auto& device : devices_) events_.watch(device->descriptor());
}

void ShardLoop::turn() {
  const Instant due = std::min(engine_.next_deadline(), chronicle_.next_due());
  const Duration wait = std::clamp<Duration>(due - clock_.now(), Duration{}, hours{1});
  events_.wait(more_to_receive_ ? Duration{} : wait);

  more_to_receive_ = false;
  for (std::size_t i = 0; i < devices_.size(); ++i) receive(i);
  const Instant now = clock_.now();
  const std::span<const ServiceMessage> messages = services_.take_messages();
  for (const ServiceMessage& message : messages) engine_.on_service(now, message, out_);
  engine_.on_time(now, out_);

  transmit();
  chronicle_.on_turn(now, {out_.events, out_.services, messages});
  services_.execute(out_.services);
  out_.clear();
}

void ShardLoop::finish() {
  engine_.release_leases(clock_.now(), out_);
  transmit();
  chronicle_.on_turn(clock_.now(), {out_.events, out_.services, {}});
  out_.clear();
}

void ShardLoop::receive(std::size_t index) {
  const auto frames = devices_[index]->receive();
  const Instant now = clock_.now();
  if (!frames) {
    if (!failing_[index]) chronicle_.tell(record::Daemon::What::trouble, to_string(frames.error()));
    failing_[index] = true;
    return;
  }
  failing_[index] = false;
  // A device gives its slots back with the next receive(), so it is asked until it has nothing.
  more_to_receive_ = more_to_receive_ || !frames->empty();
  const InterfaceId id{static_cast<std::uint8_t>(index)};
  // A frame is answered as of the moment it came: what a host's clocks show must not depend on
  // how busy this machine is.
  for (const ReceivedFrame& frame : *frames) {
    arrived_ = std::max(arrived_, now - frame.waited);
    engine_.on_frame(arrived_, id, frame, out_);
  }
}

void ShardLoop::transmit() {
  // Runs of packets for the same interface go out together.
  const std::span<const Packet> packets = out_.packets;
  for (std::size_t begin = 0; begin < packets.size();) {
    const InterfaceId interface = packets[begin].interface;
    std::size_t end = begin + 1;
    while (end < packets.size() && packets[end].interface == interface) ++end;
    const std::size_t count = end - begin;
    untransmitted_ += count - devices_[interface.index]->transmit(packets.subspan(begin, count));
    begin = end;
  }
}

}  // namespace apiary

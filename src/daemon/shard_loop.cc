#include "daemon/shard_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include "daemon/packet_remark.h"
#include "wire/decode.h"
#include "wire/ethernet.h"

namespace apiary {

ShardLoop::ShardLoop(Engine& engine, std::vector<DeviceQueue*> queues, ShardExchange& exchange,
                     EventLoop& events, const SystemClock& clock, Capture* capture,
                     FrameExchange* frames)
    : engine_(engine),
      queues_(std::move(queues)),
      exchange_(exchange),
      events_(events),
      clock_(clock),
      capture_(capture),
      frames_(frames),
      failing_(queues_.size()),
      busy_(queues_.size()),
      losses_(queues_.size()) {
  for (const DeviceQueue* const queue : queues_) events_.watch(queue->descriptor());
}

void ShardLoop::turn(Instant at_latest) {
  if (moderation_.wants_rest()) std::this_thread::sleep_for(ReceiveModeration::rest);
  const Instant due =
      std::min({engine_.next_deadline(), exchange_.next_due(), losses_.next_due(), at_latest});
  const Duration wait = std::clamp<Duration>(due - clock_.now(), Duration{}, hours{1});
  const bool may_wait = !more_to_receive_ && !exchange_.has_input();
  events_.wait(may_wait ? wait : Duration{});

  if (exchange_.has_room())
    receive();
  else
    std::this_thread::sleep_for(ReceiveModeration::rest);
  const Instant now = clock_.now();
  const ServiceInput input = exchange_.take_input();
  if (input.ports) engine_.adopt(input.ports);
  for (const ServiceMessage& message : input.messages) engine_.on_service(now, message, out_);
  for (const ConnectRequest& request : input.connects) engine_.connect(now, request, out_);
  engine_.on_time(now, out_);

  transmit();
  moderation_.note(now, arrivals_.size(), std::exchange(moved_bytes_, 0), !may_be_more_);
  note_turnaround();
  if (may_be_more_) losses_.note_rush(now);
  if (losses_.next_due() <= now) report_losses();
  exchange_.hand_over(now, out_, input.messages, engine_.counters());
}

void ShardLoop::receive() {
  more_to_receive_ = may_be_more_ = false;
  for (std::size_t i = 0; i < queues_.size(); ++i) receive(i);
  if (frames_ != nullptr) take_from_other_shards();
}

void ShardLoop::act(const std::function<void(Engine&, Instant, Outbox&)>& action) {
  const Instant now = clock_.now();
  action(engine_, now, out_);
  transmit();
  exchange_.hand_over(now, out_, {}, engine_.counters());
}

void ShardLoop::finish() {
  report_losses();
  engine_.release_leases(clock_.now(), out_);
  transmit();
  exchange_.hand_over(clock_.now(), out_, {}, engine_.counters());
}

void ShardLoop::receive(std::size_t index) {
  const auto frames = queues_[index]->receive();
  const Instant now = clock_.now();
  if (!frames) return on_receive_error(index, frames.error());
  if (failing_[index]) resume(index);
  failing_[index] = false;
  // receive() returns the slots of its last batch, so call it until there is no batch.
  more_to_receive_ = more_to_receive_ || !frames->empty();
  watch_when_idle(index, frames->size());
  may_be_more_ = may_be_more_ || frames->size() >= max_batch_packets;
  const InterfaceId id{static_cast<std::uint8_t>(index)};
  const bool hands_over = frames_ != nullptr && queues_[index]->is_for_all_shards();
  // The engine handles a frame at its time of arrival: a host's clocks must not depend on how busy
  // this machine is.
  for (std::size_t i = 0; i < frames->size(); ++i) {
    const ReceivedFrame& frame = (*frames)[i];
    engine_.expect(id, *frames, i);
    const Instant arrived = now - frame.waited;
    if (!hands_over || !hand_to_other_shard(id, frame, arrived)) handle(id, frame, arrived);
  }
}

void ShardLoop::handle(InterfaceId interface, const ReceivedFrame& frame, Instant arrived) {
  arrived_ = std::max(arrived_, arrived);
  arrivals_.push_back(arrived_);
  moved_bytes_ += frame.bytes.size();
  if (capture_ != nullptr && capture_->wants(interface, frame.bytes))
    receive_captured(interface, frame);
  else
    engine_.on_frame(arrived_, interface, frame, out_);
}

/// Whether the packet is for a host of another shard. That handles it, or is too far behind.
bool ShardLoop::hand_to_other_shard(InterfaceId interface, const ReceivedFrame& frame,
                                    Instant arrived) {
  const auto flow = read_flow(frame.bytes, engine_.interfaces()[interface.index].link_layer);
  const ShardShare& share = engine_.share();
  if (!flow || share.has(flow->local.address)) return false;
  if (!frames_->add(share.index, share.owner_of(flow->local.address), {frame, interface, arrived}))
    ++not_handed_over_;
  return true;
}

void ShardLoop::take_from_other_shards() {
  const std::size_t self = engine_.share().index;
  frames_->flush(self);
  frames_->take(self, [this](const FrameExchange::Entry& entry) {
    handle(entry.interface, entry.frame, entry.arrived);
  });
  more_to_receive_ = more_to_receive_ || frames_->has_frames(self);
}

/// The kernel wakes a watcher for each frame, even one that does not wait: that costs the receiving
/// processor as much as the frame. So a queue with many frames is watched again when it is empty.
void ShardLoop::watch_when_idle(std::size_t index, std::size_t frames) {
  constexpr std::size_t many = 16;
  if (frames >= many && !busy_[index]) {
    events_.pause(queues_[index]->descriptor());
    busy_[index] = true;
  } else if (frames == 0 && busy_[index]) {
    resume(index);
  }
}

void ShardLoop::on_receive_error(std::size_t index, const SystemError& error) {
  if (busy_[index]) resume(index);
  // InterfaceFollower reports that an interface is down or gone.
  const bool is_reported = error.number == ENETDOWN || error.number == ENODEV ||
                           error.number == EBADFD || error.number == EIO;
  if (!failing_[index] && !is_reported)
    exchange_.emit(events::DaemonEvent{events::DaemonEvent::Kind::trouble, to_string(error)});
  // A descriptor without an interface is always readable: the loop would spin.
  if (failing_[index]) events_.pause(queues_[index]->descriptor());
  failing_[index] = true;
}

void ShardLoop::receive_captured(InterfaceId interface, const ReceivedFrame& frame) {
  const Counters& counters = engine_.counters();
  const std::uint64_t drops = counters.all_drops;
  engine_.on_frame(arrived_, interface, frame, out_);
  const std::string remark = packet_remark(
      engine_, arrived_, frame.bytes, engine_.interfaces()[interface.index].link_layer,
      counters.all_drops == drops ? std::nullopt : std::optional{counters.last_drop});
  capture_->add({.interface = interface.index,
                 .at = arrived_,
                 .direction = Direction::inward,
                 .bytes = frame.bytes,
                 .comment = remark});
}

void ShardLoop::capture_sent(std::span<const Packet> packets) {
  if (packets.empty()) return;
  const Instant now = clock_.now();
  for (const Packet& packet : packets)
    if (capture_->wants(packet.interface, packet.bytes()))
      capture_->add({.interface = packet.interface.index,
                     .at = now,
                     .direction = Direction::outward,
                     .bytes = packet.bytes()});
}

/// Datagrams between hosts, as they would be on the link of the first interface; nobody has the
/// addresses 00:00:00:00:00:00.
void ShardLoop::capture_internal() {
  if (engine_.interfaces().front().link_layer == LinkLayer::ethernet)
    for (Packet& packet : out_.internal)
      wire::write(wire::EthernetHeader{{}, {}, static_cast<std::uint16_t>(EtherType::ipv4)},
                  packet.prepend(sizeof(wire::EthernetHeader)));
  capture_sent(out_.internal);
}

void ShardLoop::note_turnaround() {
  if (arrivals_.empty()) return;
  const Instant now = clock_.now();
  for (const Instant arrived : arrivals_) turnaround_.note(now - arrived);
  arrivals_.clear();
}

void ShardLoop::report_losses() {
  for (EventBody& what : losses_.take_events(queues_, engine_.interfaces()))
    exchange_.emit(std::move(what));
}

void ShardLoop::transmit() {
  // Consecutive packets for the same interface are sent together.
  const std::span<const Packet> packets = out_.packets;
  if (capture_ != nullptr) {
    capture_internal();
    capture_sent(packets);
  }
  for (const Packet& packet : packets) moved_bytes_ += packet.size();
  for (std::size_t begin = 0; begin < packets.size();) {
    const InterfaceId interface = packets[begin].interface;
    std::size_t end = begin + 1;
    while (end < packets.size() && packets[end].interface == interface) ++end;
    const std::size_t count = end - begin;
    untransmitted_ += count - queues_[interface.index]->transmit(packets.subspan(begin, count));
    begin = end;
  }
}

}  // namespace apiary

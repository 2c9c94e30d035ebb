#include "daemon/shard_coordinator.h"

#include <algorithm>
#include <utility>

#include "base/shard_share.h"

namespace apiary {
namespace {

constexpr Duration patience_with_full_channels = milliseconds{1};

}  // namespace

ShardCoordinator::ShardCoordinator(const Dependencies& dependencies, std::size_t shards)
    : deps_(dependencies), counters_(shards) {
  for (std::size_t i = 0; i < shards; ++i)
    channels_.push_back(std::make_unique<ShardChannel>(wakeup_));
  deps_.events.watch(wakeup_.descriptor());
}

void ShardCoordinator::turn(Instant at_latest) {
  const Instant began = deps_.clock.now();
  Instant due = std::min(deps_.pipeline.next_due(), at_latest);
  if (is_full_) due = std::min(due, began + patience_with_full_channels);
  deps_.events.wait(std::clamp<Duration>(due - began, Duration{}, hours{1}));
  wakeup_.take();
  drain();
  const Instant now = deps_.clock.now();
  pass_on_input(now);
  if (deps_.capture != nullptr)
    for (EventBody& what : deps_.capture->take_events()) deps_.pipeline.emit(std::move(what));
  deps_.pipeline.on_time(now);
}

/// Handles the turns in the order of their times, as far as they have arrived.
void ShardCoordinator::drain() {
  while (ShardChannel* const channel = oldest_channel()) handle(*channel);
}

ShardChannel* ShardCoordinator::oldest_channel() {
  ShardChannel* oldest = nullptr;
  for (const auto& channel : channels_) {
    const ShardTurn* const turn = channel->front();
    if (turn != nullptr && (oldest == nullptr || turn->at < oldest->front()->at))
      oldest = channel.get();
  }
  return oldest;
}

void ShardCoordinator::handle(ShardChannel& channel) {
  ShardTurn& turn = *channel.front();
  if (turn.counters) {
    const auto shard = std::ranges::find(channels_, &channel, &std::unique_ptr<ShardChannel>::get);
    counters_[static_cast<std::size_t>(shard - channels_.begin())] = *turn.counters;
    Counters sum;
    for (const Counters& one : counters_) sum.add(one);
    deps_.pipeline.on_counters(turn.at, sum);
  }
  for (EventBody& what : turn.daemon_events) deps_.pipeline.emit(std::move(what));
  deps_.pipeline.on_turn(turn.at, {turn.out.events, turn.out.services, {}});
  if (!turn.out.services.empty()) deps_.services.execute(turn.out.services);
  if (release_ && !turn.out.released.empty()) release_(std::exchange(turn.out.released, {}));
  channel.pop();
}

/// Gives the shards the messages of services, each to that of its session.
void ShardCoordinator::pass_on_input(Instant now) {
  if (const auto ports = deps_.services.take_ports())
    for (const auto& channel : channels_) channel->send(ports);
  const std::span<const ServiceMessage> messages = deps_.services.take_messages();
  if (!messages.empty()) deps_.pipeline.on_turn(now, {{}, {}, messages});
  for (const ServiceMessage& message : messages) {
    const SessionId session = std::visit([](const auto& one) { return one.session; }, message);
    channels_[shard_of(session).value]->send(message);
  }
  const ShardShare all{.count = static_cast<std::uint8_t>(channels_.size())};
  for (ConnectRequest& request : deps_.services.take_connect_requests()) {
    const std::size_t owner = all.owner_of(request.flow.local.address);
    channels_[owner]->send(std::move(request));
  }
  is_full_ = false;
  for (const auto& channel : channels_)
    if (!channel->flush()) is_full_ = true;
}

}  // namespace apiary

#include "sink/message_sink.h"

#include <fmt/format.h>

#include <chrono>

namespace apiary {
namespace {

using MessageDone = tl::expected<void, SystemError>;
using MessageClock = std::chrono::steady_clock;

constexpr Duration replay_pause = seconds{2};  // after a failure
constexpr Duration sync_period = seconds{1};
// A destination that is slow must not let the queue of the SinkThread fill up.
constexpr auto max_sending_time = std::chrono::milliseconds(250);

/// Whether `period` has passed since `then`, or somebody has set the wall clock back.
bool has_passed(Instant then, Duration period, Instant now) {
  return now >= then + period || now < then;
}

std::optional<SystemError> error_of(const MessageDone& done) {
  return done ? std::nullopt : std::optional(done.error());
}

}  // namespace

WriteResult MessageSink::write(EventPointers events) {
  const MessageClock::time_point deadline = MessageClock::now() + max_sending_time;
  for (std::size_t i = 0; i < events.size(); ++i) {
    message_.clear();
    append_message(message_, *events[i]);
    const bool is_late = has_spool() && MessageClock::now() >= deadline;
    if (MessageDone done = write_message(is_late); !done) return {i, done.error()};
  }
  return {events.size(), {}};
}

/// Sends message_, or spools it: behind what is in the spool already, or if it is late.
MessageDone MessageSink::write_message(bool is_late) {
  if (!spool_) return send(message_);
  if (is_late || !spool_->empty()) return spool_->append(message_);
  MessageDone sent = send(message_);
  if (sent) return sent;
  trouble_ = sent.error();
  return spool_->append(message_);
}

Upkeep MessageSink::on_time(Instant now) {
  Upkeep upkeep{.recovery = "can send again"};
  if (spool_) maintain_spool(now, upkeep);
  return upkeep;
}

void MessageSink::maintain_spool(Instant now, Upkeep& upkeep) {
  if (const std::uint64_t cut = spool_->take_cut_bytes(); cut > 0)
    upkeep.notice = fmt::format("{} bytes at the end of the spool {} were damaged, and are lost",
                                cut, spool_->path());
  if (spool_->empty()) {
    trouble_.reset();
  } else if (has_passed(last_failure_, replay_pause, now)) {
    trouble_ = error_of(replay());
    if (trouble_) last_failure_ = now;
  }
  if (has_passed(last_sync_, sync_period, now)) {
    sync_trouble_ = error_of(spool_->sync());
    last_sync_ = now;
  }
  upkeep.spool = spool_->use();
  upkeep.has_more = !trouble_ && !spool_->empty();
  upkeep.trouble = sync_trouble_;
  if (trouble_)
    upkeep.trouble = SystemError{
        fmt::format("{}; messages go to the spool {}", to_string(*trouble_), spool_->path())};
}

/// Sends what is in the spool, for a limited time: other events wait in the queue meanwhile.
MessageDone MessageSink::replay() {
  const MessageClock::time_point deadline = MessageClock::now() + max_sending_time;
  while (!spool_->empty() && MessageClock::now() < deadline) {
    MessageDone done = spool_->read_front(message_);
    if (done) done = send(message_);
    if (done) done = spool_->pop_front(message_);
    if (!done) return done;
  }
  return {};
}

}  // namespace apiary

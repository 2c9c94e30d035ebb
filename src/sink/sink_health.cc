#include "sink/sink_health.h"

#include <fmt/format.h>

#include <algorithm>

namespace apiary {

void SinkHealth::on_write(const WriteResult& result, std::uint64_t lost) {
  if (result.trouble) {
    if (writing_.trouble.empty()) lost_before_ = lost;
    begin(writing_, upkeep_, *result.trouble);
    rest_ = result.written > 0 ? shortest_rest : std::clamp(2 * rest_, shortest_rest, max_backoff);
    next_try_ = Clock::now() + rest_;
    return;
  }
  rest_ = {};
  next_try_ = {};
  const Task over = std::exchange(writing_, {});
  if (over.trouble.empty()) return;
  if (over.trouble == upkeep_.trouble)
    upkeep_.is_reported = false;  // one report of the end is enough
  report(events::DaemonEvent::Kind::recovery,
         fmt::format("{}: can write again; {} lost", name_, lost - lost_before_));
}

void SinkHealth::on_upkeep(const Upkeep& upkeep) {
  if (!upkeep.notice.empty())
    report(events::DaemonEvent::Kind::trouble, name_ + ": " + upkeep.notice);
  if (upkeep.trouble) {
    begin(upkeep_, writing_, *upkeep.trouble);
    upkeep_.recovery = upkeep.recovery;
    return;
  }
  if (const Task over = std::exchange(upkeep_, {}); over.is_reported)
    report(events::DaemonEvent::Kind::recovery, fmt::format("{}: {}", name_, over.recovery));
}

std::string SinkHealth::on_failed_rotation(const SystemError& error) {
  std::string sentence = name_ + ": cannot start a new file: " + to_string(error);
  report(events::DaemonEvent::Kind::trouble, sentence);
  return sentence;
}

void SinkHealth::begin(Task& task, const Task& other, const SystemError& error) {
  std::string sentence = name_ + ": " + to_string(error);
  if (sentence == task.trouble) return;
  const bool is_new = sentence != other.trouble;
  task = {std::move(sentence), is_new};
  if (is_new) report(events::DaemonEvent::Kind::trouble, task.trouble);
}

void SinkHealth::report(events::DaemonEvent::Kind kind, std::string sentence) {
  events_.emplace_back(events::DaemonEvent{kind, std::move(sentence)});
}

}  // namespace apiary

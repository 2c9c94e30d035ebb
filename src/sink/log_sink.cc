#include "sink/log_sink.h"

#include <spdlog/spdlog.h>

#include "base/counted.h"
#include "event/event_text.h"

namespace apiary {

/// The log has no payloads, and credentials only in the notes that report them.
EventKinds LogSink::wants() const {
  return Sink::wants().without({EventKind::payload, EventKind::credential});
}

LogSink::~LogSink() { log_left_out(); }

WriteResult LogSink::write(EventPointers events) {
  for (const Event* event : events) log(*event);
  return {events.size(), {}};
}

Upkeep LogSink::on_time(Instant now) {
  if (window_.is_over(now)) log_left_out();
  return {};
}

void LogSink::log_left_out() {
  if (const std::uint64_t left_out = window_.take_left_out(); left_out > 0)
    logger_->warn("{} left out: more than {} in a second", counted(left_out, "line"),
                  lines_per_second);
}

void LogSink::log(const Event& event) {
  // The daemon has logged its own actions already.
  using Kind = events::DaemonEvent::Kind;
  const auto* const daemon = std::get_if<events::DaemonEvent>(&event.body);
  const bool is_trouble = daemon != nullptr && daemon->kind == Kind::trouble;
  if (daemon != nullptr && !is_trouble && daemon->kind != Kind::recovery) return;
  if (is_orderly_exit(event)) return;
  const bool is_warning =
      event.kind() == EventKind::events_lost || event.kind() == EventKind::limit || is_trouble;
  if (window_.is_over(event.at)) {
    log_left_out();
    window_.begin(event.at);
  }
  // Events about the daemon itself are few, and a flood must not hide them.
  if (!window_.take(is_warning || daemon != nullptr)) return;
  line_.clear();
  append_event_text(line_, event);
  logger_->log(is_warning ? spdlog::level::warn : spdlog::level::info, "{}", line_);
}

}  // namespace apiary

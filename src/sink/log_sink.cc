#include "sink/log_sink.h"

#include <spdlog/spdlog.h>

#include "base/counted.h"
#include "event/event_text.h"

namespace apiary {

/// Reports how many lines were left out.
auto LogSink::warning() {
  return [this](std::uint64_t left_out) {
    logger_->warn("{} left out: more than {} in a second", counted(left_out, "line"),
                  lines_per_second);
  };
}

/// The log has no payloads, and credentials only in the notes that report them.
EventKinds LogSink::wants() const {
  return Sink::wants().without({EventKind::payload, EventKind::credential});
}

LogSink::~LogSink() { window_.finish(warning()); }

WriteResult LogSink::write(EventPointers events) {
  for (const Event* event : events) log(*event);
  return {events.size(), {}};
}

Upkeep LogSink::on_time(Instant now) {
  window_.on_time(now, warning());
  return {};
}

void LogSink::log(const Event& event) {
  // The daemon has logged its own actions already.
  using Kind = events::DaemonEvent::Kind;
  const auto* const daemon = std::get_if<events::DaemonEvent>(&event.body);
  if (daemon != nullptr && daemon->kind != Kind::trouble && daemon->kind != Kind::recovery) return;
  if (is_orderly_exit(event)) return;
  const bool is_warning = ecs_classes_of(event).is_error();
  // Events about the daemon itself are few, and a flood must not hide them.
  if (!window_.take(event.at, warning(), is_warning || daemon != nullptr)) return;
  line_.clear();
  append_event_text(line_, event);
  logger_->log(is_warning ? spdlog::level::warn : spdlog::level::info, "{}", line_);
}

}  // namespace apiary

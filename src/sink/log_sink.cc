#include "sink/log_sink.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "sink/event_text.h"

namespace apiary {

LogSink::~LogSink() {
  contacts_.finish(lines_);
  for (const std::string& line : lines_) logger_->info("{}", line);
  if (left_out_ > 0) logger_->warn("{} lines left out of this log", left_out_);
}

void LogSink::post(Instant now, std::span<const Event> events) {
  for (const Event& event : events) {
    if (const auto* probe = std::get_if<Probed>(&event))
      contacts_.note(*probe, lines_);
    else if (!std::holds_alternative<Heard>(event))
      lines_.push_back(event_text(event));
  }
  flush(now);
}

void LogSink::tell(Instant now, std::string_view line) { write(now, line); }

void LogSink::on_time(Instant now) {
  contacts_.on_time(now, lines_);
  flush(now);
  if (left_out_ > 0 && now - second_began_ >= seconds{1}) {
    logger_->warn("{} lines left out: more than {} in a second", left_out_, lines_per_second);
    left_out_ = 0;
  }
}

Instant LogSink::next_due() {
  const Instant told = left_out_ > 0 ? second_began_ + seconds{1} : Instant::max();
  return std::min(told, contacts_.next_due());
}

void LogSink::flush(Instant now) {
  for (const std::string& line : lines_) write(now, line);
  lines_.clear();
}

void LogSink::write(Instant now, std::string_view line) {
  if (now - second_began_ >= seconds{1}) {
    second_began_ = now;
    lines_this_second_ = 0;
  }
  if (++lines_this_second_ > lines_per_second)
    ++left_out_;
  else
    logger_->info("{}", line);
}

}  // namespace apiary

#include "sink/log_sink.h"

#include <spdlog/spdlog.h>

#include "base/counted.h"
#include "record/record_text.h"

namespace apiary {

/// What services heard and said is not for the log, and who tried which password stands in the note
/// that said so.
RecordKinds LogSink::wants() const {
  return Sink::wants().without({RecordKind::payload, RecordKind::credential});
}

LogSink::~LogSink() { tell_left_out(); }

WriteResult LogSink::write(RecordPointers records) {
  for (const Record* record : records) tell(*record);
  return {records.size(), {}};
}

Upkeep LogSink::on_time(Instant now) {
  if (now - second_began_ >= seconds{1}) tell_left_out();
  return {};
}

void LogSink::tell_left_out() {
  if (left_out_ > 0)
    logger_->warn("{} left out: more than {} in a second", counted(left_out_, "line"),
                  lines_per_second);
  left_out_ = 0;
}

void LogSink::tell(const Record& record) {
  // What the daemon does it has said itself by now.
  using What = record::Daemon::What;
  const auto* const daemon = std::get_if<record::Daemon>(&record.what);
  const bool is_trouble = daemon != nullptr && daemon->what == What::trouble;
  if (daemon != nullptr && !is_trouble && daemon->what != What::recovery) return;
  if (is_orderly_exit(record)) return;
  const bool is_warning =
      record.kind() == RecordKind::events_lost || record.kind() == RecordKind::limit || is_trouble;
  if (record.at - second_began_ >= seconds{1}) {
    tell_left_out();
    second_began_ = record.at;
    lines_this_second_ = 0;
  }
  // A flood must not hide how the daemon itself is, of which there is never much.
  if (++lines_this_second_ > lines_per_second && !is_warning && daemon == nullptr) {
    ++left_out_;
    return;
  }
  line_.clear();
  append_record_text(line_, record);
  logger_->log(is_warning ? spdlog::level::warn : spdlog::level::info, "{}", line_);
}

}  // namespace apiary

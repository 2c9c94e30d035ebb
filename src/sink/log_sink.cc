#include "sink/log_sink.h"

#include <spdlog/spdlog.h>

#include "record/record_text.h"

namespace apiary {

/// What services heard and said is not for the log, and who tried which password stands in the note
/// that said so.
RecordKinds LogSink::wants() const {
  return Sink::wants().without({RecordKind::payload, RecordKind::credential});
}

LogSink::~LogSink() { tell_left_out(); }

tl::expected<void, SystemError> LogSink::consume(std::span<const Record> records) {
  for (const Record& record : records)
    if (wants().contains(record.kind())) write(record);
  return {};
}

tl::expected<void, SystemError> LogSink::on_time(Instant now) {
  if (now - second_began_ >= seconds{1}) tell_left_out();
  return {};
}

void LogSink::tell_left_out() {
  if (left_out_ > 0)
    logger_->warn("{} lines left out: more than {} in a second", left_out_, lines_per_second);
  left_out_ = 0;
}

void LogSink::write(const Record& record) {
  // What the daemon does it has said itself by now.
  const auto* const daemon = std::get_if<record::Daemon>(&record.what);
  if (daemon != nullptr && daemon->what != record::Daemon::What::trouble) return;
  if (is_orderly_exit(record)) return;
  if (record.at - second_began_ >= seconds{1}) {
    tell_left_out();
    second_began_ = record.at;
    lines_this_second_ = 0;
  }
  if (++lines_this_second_ > lines_per_second) {
    ++left_out_;
    return;
  }
  line_.clear();
  append_record_text(line_, record);
  const bool is_warning = record.kind() == RecordKind::events_lost ||
                          record.kind() == RecordKind::limit || daemon != nullptr;
  logger_->log(is_warning ? spdlog::level::warn : spdlog::level::info, "{}", line_);
}

}  // namespace apiary

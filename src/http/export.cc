#include "http/export.h"

#include <algorithm>
#include <utility>

#include "event/ecs_encoder.h"
#include "http/csv.h"
#include "sink/wall_clock.h"

namespace apiary {
namespace {

using Json = nlohmann::json;

constexpr std::size_t events_at_once = 500;

constexpr CsvColumn event_columns[] = {{"time", "/@timestamp"},
                                       {"id", "/event/id"},
                                       {"kind", "/event/action"},
                                       {"source", "/source/ip"},
                                       {"source_port", "/source/port"},
                                       {"host", "/destination/ip"},
                                       {"host_port", "/destination/port"},
                                       {"transport", "/network/transport"},
                                       {"user", "/apiary/credential/user/text"},
                                       {"password", "/apiary/credential/password/text"},
                                       {"message", "/message"}};
constexpr CsvColumn session_columns[] = {{"start", "/start", true},
                                         {"end", "/end", true},
                                         {"id", "/id"},
                                         {"direction", "/direction"},
                                         {"source", "/source"},
                                         {"source_port", "/source_port"},
                                         {"destination", "/destination"},
                                         {"destination_port", "/destination_port"},
                                         {"host", "/host"},
                                         {"host_port", "/host_port"},
                                         {"transport", "/transport"},
                                         {"received_bytes", "/received_bytes"},
                                         {"sent_bytes", "/sent_bytes"},
                                         {"payloads", "/payloads"},
                                         {"credentials", "/credentials"}};
constexpr CsvColumn host_columns[] = {
    {"address", "/address"},         {"template", "/template"},
    {"personality", "/personality"}, {"mac", "/mac"},
    {"contacts", "/contacts"},       {"last_contact", "/last_contact", true},
    {"last_source", "/last_source"}};

/// A response that browsers save as "apiary-events-20261125T051400Z.csv".
HttpResponse file_of(std::string_view what, ExportFormat format) {
  std::string time;
  append_time(time, wall_clock());
  std::erase_if(time, [](char letter) { return letter == '-' || letter == ':'; });
  const bool is_csv = format == ExportFormat::csv;
  return {.type = is_csv ? "text/csv; charset=utf-8; header=present" : "application/json",
          .file_name = "apiary-" + std::string(what) + "-" + time.substr(0, time.find('.')) +
                       (is_csv ? "Z.csv" : "Z.json")};
}

/// The events from the oldest to the newest at the start of the export, piece by piece.
class EventExport {
 public:
  EventExport(std::shared_ptr<LiveFeed> feed, EventFilter filter, ExportFormat format)
      : feed_(std::move(feed)), filter_(std::move(filter)), format_(format), end_(feed_->end()) {}

  StreamState operator()(std::string& more) {
    if (std::exchange(is_first_, false)) begin(more);
    const auto piece = feed_->follow(next_, filter_, events_at_once, std::chrono::milliseconds(0));
    for (const auto& [id, json] : piece.events) append(more, json);
    next_ = piece.next;
    if (next_ < end_ && !feed_->is_closed()) return StreamState::more_now;
    if (format_ == ExportFormat::json) more += "\n]}\n";
    return StreamState::over;
  }

 private:
  void begin(std::string& more) const {
    if (format_ == ExportFormat::csv)
      append_csv_header(more, event_columns);
    else
      more += "{\"events\":[\n";
  }
  void append(std::string& more, const std::string& json) {
    if (format_ == ExportFormat::csv) return append_csv_row(more, Json::parse(json), event_columns);
    if (std::exchange(has_events_, true)) more += ",\n";
    more += json;
  }

  std::shared_ptr<LiveFeed> feed_;
  EventFilter filter_;
  ExportFormat format_;
  LiveFeed::Cursor next_ = 0, end_;
  bool is_first_ = true, has_events_ = false;
};

HttpResponse export_list(std::string_view what, const std::string& listed, ExportFormat format,
                         std::span<const CsvColumn> columns) {
  HttpResponse answer = file_of(what, format);
  if (format == ExportFormat::json) {
    answer.body = listed;
    return answer;
  }
  append_csv_header(answer.body, columns);
  const Json all = Json::parse(listed);
  for (const Json& row : all.at(std::string(what))) append_csv_row(answer.body, row, columns);
  return answer;
}

}  // namespace

HttpResponse export_events(std::shared_ptr<LiveFeed> feed, EventFilter filter,
                           ExportFormat format) {
  HttpResponse answer = file_of("events", format);
  answer.stream = EventExport(std::move(feed), std::move(filter), format);
  return answer;
}

HttpResponse export_sessions(const std::string& listed, ExportFormat format) {
  return export_list("sessions", listed, format, session_columns);
}

HttpResponse export_hosts(const std::string& listed, ExportFormat format) {
  return export_list("hosts", listed, format, host_columns);
}

}  // namespace apiary

#include "sink/json_lines_sink.h"

namespace apiary {
namespace {

constexpr std::size_t piece_bytes = 256 * 1024;

}  // namespace

tl::expected<void, SystemError> JsonLinesSink::consume(std::span<const Record> records) {
  tl::expected<void, SystemError> done;
  const auto write = [&] {
    if (text_.empty()) return;
    if (auto written = file_.append(text_, now_); !written) done = written;
    text_.clear();
  };
  for (const Record& record : records) {
    if (!wants().contains(record.kind())) continue;
    now_ = std::max(now_, record.at);
    form_.append(text_, record);
    text_ += '\n';
    if (text_.size() >= piece_bytes) write();
  }
  write();
  return done;
}

tl::expected<void, SystemError> JsonLinesSink::on_time(Instant now) {
  now_ = now;
  return file_.on_time(now);
}

}  // namespace apiary

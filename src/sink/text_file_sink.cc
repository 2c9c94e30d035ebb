#include "sink/text_file_sink.h"

#include <algorithm>

namespace apiary {
namespace {

constexpr std::size_t text_piece_bytes = 262'144;

}  // namespace

WriteResult TextFileSink::write(EventPointers events) {
  std::size_t written = 0;
  while (written < events.size()) {
    text_.clear();
    ends_.clear();
    for (const Event* event : events.subspan(written)) {
      now_ = std::max(now_, event->at);
      append_line(text_, *event);
      ends_.push_back(text_.size());
      if (text_.size() >= text_piece_bytes) break;
    }
    if (text_.empty()) return {events.size(), {}};
    const RotatingFile::Appended appended =
        file_.append(text_, now_, first_line(text_, events[written]->at));
    const auto kept = std::ranges::upper_bound(ends_, appended.bytes) - ends_.begin();
    written += static_cast<std::size_t>(kept);
    if (appended.trouble) return {written, appended.trouble};
  }
  return {written, {}};
}

}  // namespace apiary

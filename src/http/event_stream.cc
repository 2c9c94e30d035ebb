#include "http/event_stream.h"

#include "base/json_writer.h"

namespace apiary {

StreamState EventStream::operator()(std::string& more) {
  const LiveFeed::Piece piece =
      feed_->follow(next_, filter_, events_at_once, std::chrono::milliseconds(0));
  next_ = piece.next;
  if (piece.lost > 0) {
    more += "event: lost\ndata: ";
    JsonWriter json(more);
    json.begin_object();
    json.member("count", piece.lost);
    json.end_object();
    more += "\n\n";
  }
  for (const auto& [id, json] : piece.events) more += "id: " + id + "\ndata: " + json + "\n\n";
  const auto now = std::chrono::steady_clock::now();
  if (more.empty() && (!spoke_ || now - *spoke_ >= sign_of_life_period)) more = ":\n\n";
  if (!more.empty()) spoke_ = now;
  if (feed_->is_closed()) return StreamState::over;
  return piece.events.size() == events_at_once ? StreamState::more_now : StreamState::more_later;
}

}  // namespace apiary

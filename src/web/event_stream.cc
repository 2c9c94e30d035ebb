#include "web/event_stream.h"

#include <thread>

namespace apiary {

bool EventStream::operator()(std::string& more) {
  const LiveFeed::Piece piece =
      feed_->follow(next_, filter_, events_at_once, std::chrono::milliseconds(500));
  next_ = piece.next;
  if (piece.lost > 0)
    more += "event: lost\ndata: {\"count\":" + std::to_string(piece.lost) + "}\n\n";
  for (const auto& [id, json] : piece.events) more += "id: " + id + "\ndata: " + json + "\n\n";
  const auto now = std::chrono::steady_clock::now();
  if (more.empty() && now - spoke_ >= sign_of_life_period) more = ":\n\n";
  if (!more.empty()) spoke_ = now;
  if (piece.events.size() < events_at_once) std::this_thread::sleep_for(gather_time);
  return !feed_->is_closed();
}

}  // namespace apiary

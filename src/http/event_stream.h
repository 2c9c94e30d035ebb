#pragma once

#include <chrono>
#include <optional>

#include "http/http.h"
#include "sink/live_feed.h"

namespace apiary {

/// An HttpStream of new events as server-sent events (the HTML standard, section 9.2).
class EventStream {
 public:
  /// A browser that reads more slowly than this gets the number of missed events.
  static constexpr std::size_t events_at_once = 500;
  static constexpr std::chrono::seconds sign_of_life_period{15};

  EventStream(std::shared_ptr<LiveFeed> feed, EventFilter filter)
      : feed_(std::move(feed)), filter_(std::move(filter)), next_(feed_->end()) {}

  StreamState operator()(std::string& more);

 private:
  std::shared_ptr<LiveFeed> feed_;
  EventFilter filter_;
  LiveFeed::Cursor next_;
  std::optional<std::chrono::steady_clock::time_point> spoke_{};
};

}  // namespace apiary

#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "event/activity.h"
#include "event/ecs_encoder.h"
#include "event/event_filter.h"
#include "event/visitors.h"
#include "sink/sink.h"

namespace apiary {

/// Which conversations somebody wants to see; all, as it is.
struct SessionFilter {
  EventFilter flow{};     // of its FlowStart; the kinds do not matter
  std::string address{};  // a part of the source's or the host's address, or the host's port
  bool with_credentials = false;
};

/// The last events in memory, and what goes on in numbers: for whoever looks on while it happens.
/// Filled by one thread, read by any; a reader holds up nobody but the sink's thread.
class LiveFeed {
 public:
  /// Some 60,000 events.
  static constexpr std::size_t default_capacity_bytes = std::size_t{32} << 20;

  /// Counts all events there ever were.
  using Cursor = std::uint64_t;

  LiveFeed(EcsEncoder form, const HashKey& hash_key, Instant now,
           std::size_t capacity_bytes = default_capacity_bytes);

  void add(EventPointers events);

  /// Behind the last event.
  Cursor end() const;

  struct Piece {
    std::vector<std::pair<std::string, std::string>> events;  // id and JSON, in order
    Cursor next = 0;
    std::uint64_t lost = 0;  // events that were gone before they could be read
  };
  /// What passes `filter` from `from` on, at most `limit`. Waits at most `at_most` until there is
  /// something; returns at once when closed.
  Piece follow(Cursor from, const EventFilter& filter, std::size_t limit,
               std::chrono::milliseconds timeout);

  /// `{"events":[newest first],"more":...}`: the last before the event `before`; empty: of all.
  std::string latest_json(const EventFilter& filter, std::size_t limit,
                          std::string_view before) const;
  std::string activity_json(Instant now) const;
  /// A source in numbers, and its last events.
  std::string source_json(const IpAddress& address, std::size_t limit);
  /// Who spoke to hosts in the last hour, by the minute.
  std::string visitors_json(Instant now) const;
  /// How often each of `hosts` was spoken to, and by whom last; nothing: it was not.
  std::vector<std::optional<Activity::HostContacts>> contacts_of(
      const std::vector<IpAddress>& hosts);
  /// The hosts that were spoken to, the latest first.
  std::vector<IpAddress> contacted_hosts() const;
  /// The conversations that are remembered, newest first.
  std::string sessions_json(std::size_t limit, const SessionFilter& filter = {}) const;
  /// The events of the conversation that `id` began; nothing: it is not remembered.
  std::optional<std::string> session_json(std::string_view id) const;

  /// Nobody needs to wait any more.
  void close();
  bool is_closed() const;

 private:
  void append_element(JsonWriter& json, const Event& event) const;

  const EcsEncoder form_;
  const std::size_t capacity_bytes_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  Activity activity_;
  Visitors visitors_;
  std::deque<Event> events_;
  std::set<EventId> open_flows_;  // that began in events_, and are not over
  std::size_t held_bytes_ = 0;
  Cursor first_ = 0;  // of events_
  bool is_closed_ = false;
};

/// Fills a LiveFeed.
class LiveFeedSink final : public Sink {
 public:
  explicit LiveFeedSink(std::shared_ptr<LiveFeed> feed) : feed_(std::move(feed)) {}

  const std::string& name() const override { return name_; }
  WriteResult write(EventPointers events) override {
    feed_->add(events);
    return {events.size(), {}};
  }

 private:
  const std::string name_ = "events in memory";
  const std::shared_ptr<LiveFeed> feed_;
};

}  // namespace apiary

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

/// Selects conversations; by default all.
struct SessionFilter {
  EventFilter flow{};     // of its FlowStart; the kinds do not matter
  std::string address{};  // a part of either address, or the port that was connected to
  bool with_credentials = false;
};

/// The latest events in memory, and statistics, for the dashboard. One thread fills it, any thread
/// reads it; a reader delays only the sink's thread.
class LiveFeed {
 public:
  /// About 60,000 events.
  static constexpr std::size_t default_capacity_bytes = std::size_t{32} << 20;

  /// The number of an event since the start of the daemon.
  using Cursor = std::uint64_t;

  LiveFeed(EcsEncoder form, const HashKey& hash_key, Instant now,
           std::size_t capacity_bytes = default_capacity_bytes);

  void add(EventPointers events);

  /// The position after the last event.
  Cursor end() const;

  struct Piece {
    std::vector<std::pair<std::string, std::string>> events;  // id and JSON, in order
    Cursor next = 0;
    std::uint64_t lost = 0;  // events that were evicted before they were read
  };
  /// Returns up to `limit` events from `from` on that pass `filter`. Waits up to `at_most` for a
  /// new event; returns immediately if closed.
  Piece follow(Cursor from, const EventFilter& filter, std::size_t limit,
               std::chrono::milliseconds timeout);

  /// `{"events":[newest first],"more":...}`: the last before the event `before`; empty: of all.
  std::string latest_json(const EventFilter& filter, std::size_t limit,
                          std::string_view before) const;
  std::string activity_json(Instant now) const;
  /// The statistics of a source, and its last events.
  std::string source_json(const IpAddress& address, std::size_t limit);
  /// The sources of the last hour, by minute.
  std::string visitors_json(Instant now) const;
  /// The contacts of each of `hosts`; nothing for a host without contacts.
  std::vector<std::optional<Activity::HostContacts>> contacts_of(
      const std::vector<IpAddress>& hosts);
  /// The contacted hosts, the latest first.
  std::vector<IpAddress> contacted_hosts() const;
  /// The conversations in memory, newest first.
  std::string sessions_json(std::size_t limit, const SessionFilter& filter = {}) const;
  /// The events of the conversation that event `id` began; nothing if it is not in memory.
  std::optional<std::string> session_json(std::string_view id) const;

  /// Ends all waits.
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
  std::set<EventId> open_flows_;  // that began in events_ and are open
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

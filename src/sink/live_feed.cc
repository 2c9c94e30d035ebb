#include "sink/live_feed.h"

#include "event/event_text.h"

namespace apiary {
LiveFeed::LiveFeed(EcsEncoder form, const HashKey& hash_key, Instant now,
                   std::size_t capacity_bytes)
    : form_(std::move(form)),
      capacity_bytes_(capacity_bytes),
      activity_(hash_key, now),
      visitors_(hash_key) {}

void LiveFeed::add(EventPointers events) {
  {
    const std::lock_guard lock(mutex_);
    for (const Event* event : events) {
      activity_.note(*event);
      visitors_.note(*event);
      if (event->kind() == EventKind::flow_start) open_flows_.insert(event->id);
      if (const auto* end = std::get_if<events::FlowEnd>(&event->body))
        open_flows_.erase(end->start);
      events_.push_back(*event);
      held_bytes_ += event->cost_bytes();
    }
    while (held_bytes_ > capacity_bytes_) {
      held_bytes_ -= events_.front().cost_bytes();
      open_flows_.erase(events_.front().id);
      events_.pop_front();
      ++first_;
    }
  }
  changed_.notify_all();
}

LiveFeed::Cursor LiveFeed::end() const {
  const std::lock_guard lock(mutex_);
  return first_ + events_.size();
}

LiveFeed::Piece LiveFeed::follow(Cursor from, const EventFilter& filter, std::size_t limit,
                                 std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [&] { return is_closed_ || first_ + events_.size() > from; });
  Piece piece{.next = std::max(from, first_), .lost = first_ > from ? first_ - from : 0};
  const Cursor end = first_ + events_.size();
  for (; piece.next < end && piece.events.size() < limit; ++piece.next) {
    const Event& event = events_[piece.next - first_];
    if (!filter.lets_through(event)) continue;
    auto& [id, json] = piece.events.emplace_back(to_string(event.id), "");
    form_.append(json, event);
  }
  return piece;
}

void LiveFeed::append_element(JsonWriter& json, const Event& event) const {
  std::string text;
  form_.append(text, event);
  json.json_element(text);
}

std::string LiveFeed::latest_json(const EventFilter& filter, std::size_t limit,
                                  std::string_view before) const {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.begin_array("events");
  bool is_more = false;
  std::size_t shown = 0;
  const std::lock_guard lock(mutex_);
  for (auto event = events_.rbegin(); event != events_.rend(); ++event) {
    if (!before.empty() && to_string(event->id) >= before) continue;
    if (!filter.lets_through(*event)) continue;
    if (shown++ == limit) {
      is_more = true;
      break;
    }
    append_element(json, *event);
  }
  json.end_array();
  json.member("more", is_more);
  json.end_object();
  return text;
}

std::string LiveFeed::activity_json(Instant now) const {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  const std::lock_guard lock(mutex_);
  activity_.append_to(json, now);
  json.member("open_flows", open_flows_.size());
  json.end_object();
  return text;
}

std::string LiveFeed::source_json(const IpAddress& address, std::size_t limit) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  const std::lock_guard lock(mutex_);
  activity_.append_source(json, address);
  std::vector<const Event*> last;
  for (auto event = events_.rbegin(); event != events_.rend() && last.size() < limit; ++event)
    if (source_of(*event) == address) last.push_back(&*event);
  json.begin_array("events");
  for (auto event = last.rbegin(); event != last.rend(); ++event) append_element(json, **event);
  json.end_array();
  json.end_object();
  return text;
}

std::string LiveFeed::visitors_json(Instant now) const {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  const std::lock_guard lock(mutex_);
  visitors_.append_to(json, now);
  json.end_object();
  return text;
}

std::vector<std::optional<Activity::HostContacts>> LiveFeed::contacts_of(
    const std::vector<IpAddress>& hosts) {
  std::vector<std::optional<Activity::HostContacts>> result;
  result.reserve(hosts.size());
  const std::lock_guard lock(mutex_);
  for (const IpAddress& host : hosts) {
    const Activity::HostContacts* const contacts = activity_.contacts_of(host);
    result.push_back(contacts == nullptr ? std::nullopt : std::optional{*contacts});
  }
  return result;
}

std::vector<IpAddress> LiveFeed::contacted_hosts() const {
  const std::lock_guard lock(mutex_);
  return activity_.contacted_hosts();
}

void LiveFeed::close() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
  }
  changed_.notify_all();
}

bool LiveFeed::is_closed() const {
  const std::lock_guard lock(mutex_);
  return is_closed_;
}

}  // namespace apiary

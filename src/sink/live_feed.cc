#include "sink/live_feed.h"

#include <map>

#include "base/overloaded.h"
#include "event/event_text.h"

namespace apiary {
namespace {

/// The id of the first event of the conversation that `event` belongs to; zero: none.
EventId conversation_of(const Event& event) {
  return std::visit(overloaded{[&](const events::FlowStart&) { return event.id; },
                               [](const events::FlowEnd& what) { return what.start; },
                               [](const events::Note& what) { return what.start; },
                               [](const events::Attempt& what) { return what.start; },
                               [](const events::File& what) { return what.start; },
                               [](const events::Credential& what) { return what.start; },
                               [](const events::Payload& what) { return what.start; },
                               [](const auto&) { return EventId{}; }},
                    event.body);
}

/// A conversation in a list.
struct Session {
  const Event* start = nullptr;
  const Event* end = nullptr;
  std::uint64_t payloads = 0, credentials = 0;
  std::uint64_t received_bytes = 0, sent_bytes = 0;  // as far as they were reported

  void note(const Event& event) {
    if (event.kind() == EventKind::flow_start) start = &event;
    if (event.kind() == EventKind::credential) ++credentials;
    if (const auto* payload = std::get_if<events::Payload>(&event.body)) {
      ++payloads;
      (payload->from_visitor ? received_bytes : sent_bytes) += payload->bytes.size();
    }
    if (event.kind() == EventKind::flow_end) end = &event;
  }
  bool passes(const SessionFilter& filter) const {
    if (filter.with_credentials && credentials == 0) return false;
    if (!filter.flow.lets_through(*start)) return false;
    const FlowKey& flow = *flow_of(*start);
    return filter.address.empty() ||
           to_string(flow.remote.address).find(filter.address) != std::string::npos ||
           to_string(flow.local.address).find(filter.address) != std::string::npos ||
           std::to_string(flow.local.port.number) == filter.address;
  }
  void append_to(JsonWriter& json) const {
    const FlowKey& flow = *flow_of(*start);
    json.member("id", to_string(start->id));
    json.time_member("start", start->at);
    if (end != nullptr)
      json.time_member("end", end->at);
    else
      json.null_member("end");
    json.member("source", to_string(flow.remote.address));
    json.member("source_port", flow.remote.port.number);
    json.member("host", to_string(flow.local.address));
    json.member("host_port", flow.local.port.number);
    json.member("transport", name_of(flow.protocol));
    const auto* over = end == nullptr ? nullptr : &std::get<events::FlowEnd>(end->body);
    json.member("received_bytes", over == nullptr ? received_bytes : over->received_bytes);
    json.member("sent_bytes", over == nullptr ? sent_bytes : over->sent_bytes);
    json.member("payloads", payloads);
    json.member("credentials", credentials);
  }
};

}  // namespace

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

std::string LiveFeed::sessions_json(std::size_t limit, const SessionFilter& filter) const {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.begin_array("sessions");
  const std::lock_guard lock(mutex_);
  std::map<EventId, Session> sessions;  // whose first event comes later
  std::size_t shown = 0;
  for (auto event = events_.rbegin(); event != events_.rend() && shown < limit; ++event) {
    const EventId id = conversation_of(*event);
    if (id == EventId{}) continue;
    sessions[id].note(*event);
    if (event->kind() != EventKind::flow_start) continue;
    const Session session = sessions.extract(id).mapped();
    if (!session.passes(filter)) continue;
    json.begin_object_element();
    session.append_to(json);
    json.end_object();
    ++shown;
  }
  json.end_array();
  json.end_object();
  return text;
}

std::optional<std::string> LiveFeed::session_json(std::string_view id) const {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.begin_array("events");
  bool is_known = false;
  const std::lock_guard lock(mutex_);
  for (const Event& event : events_) {
    const EventId conversation = conversation_of(event);
    if (conversation == EventId{} || to_string(conversation) != id) continue;
    is_known = true;
    append_element(json, event);
  }
  json.end_array();
  json.end_object();
  return is_known ? std::optional{text} : std::nullopt;
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

#include "sink/live_feed.h"

#include <map>

#include "base/overloaded.h"
#include "record/record_text.h"

namespace apiary {
namespace {

/// The id of the record that began the conversation which `record` is of; zero: of none.
RecordId conversation_of(const Record& record) {
  return std::visit(overloaded{[&](const record::FlowStart&) { return record.id; },
                               [](const record::FlowEnd& what) { return what.start; },
                               [](const record::Note& what) { return what.start; },
                               [](const record::Credential& what) { return what.start; },
                               [](const record::Payload& what) { return what.start; },
                               [](const auto&) { return RecordId{}; }},
                    record.what);
}

/// What there is to tell of a conversation in a list.
struct Session {
  const Record* start = nullptr;
  const Record* end = nullptr;
  std::uint64_t payloads = 0, credentials = 0;
  std::uint64_t received_bytes = 0, sent_bytes = 0;  // as far as they were told

  void note(const Record& record) {
    if (record.kind() == RecordKind::flow_start) start = &record;
    if (record.kind() == RecordKind::credential) ++credentials;
    if (const auto* payload = std::get_if<record::Payload>(&record.what)) {
      ++payloads;
      (payload->from_visitor ? received_bytes : sent_bytes) += payload->bytes.size();
    }
    if (record.kind() == RecordKind::flow_end) end = &record;
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
    const auto* over = end == nullptr ? nullptr : &std::get<record::FlowEnd>(end->what);
    json.member("received_bytes", over == nullptr ? received_bytes : over->received_bytes);
    json.member("sent_bytes", over == nullptr ? sent_bytes : over->sent_bytes);
    json.member("payloads", payloads);
    json.member("credentials", credentials);
  }
};

}  // namespace

LiveFeed::LiveFeed(JsonForm form, const HashKey& hash_key, Instant now, std::size_t capacity_bytes)
    : form_(std::move(form)),
      capacity_bytes_(capacity_bytes),
      activity_(hash_key, now),
      visitors_(hash_key) {}

void LiveFeed::add(RecordPointers records) {
  {
    const std::lock_guard lock(mutex_);
    for (const Record* record : records) {
      activity_.note(*record);
      visitors_.note(*record);
      if (record->kind() == RecordKind::flow_start) open_flows_.insert(record->id);
      if (const auto* end = std::get_if<record::FlowEnd>(&record->what))
        open_flows_.erase(end->start);
      records_.push_back(*record);
      held_bytes_ += record->cost_bytes();
    }
    while (held_bytes_ > capacity_bytes_) {
      held_bytes_ -= records_.front().cost_bytes();
      open_flows_.erase(records_.front().id);
      records_.pop_front();
      ++first_;
    }
  }
  changed_.notify_all();
}

LiveFeed::Cursor LiveFeed::end() const {
  const std::lock_guard lock(mutex_);
  return first_ + records_.size();
}

LiveFeed::Piece LiveFeed::follow(Cursor from, const RecordFilter& filter, std::size_t limit,
                                 std::chrono::milliseconds at_most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, at_most, [&] { return is_closed_ || first_ + records_.size() > from; });
  Piece piece{.next = std::max(from, first_), .lost = first_ > from ? first_ - from : 0};
  const Cursor end = first_ + records_.size();
  for (; piece.next < end && piece.events.size() < limit; ++piece.next) {
    const Record& record = records_[piece.next - first_];
    if (!filter.lets_through(record)) continue;
    auto& [id, json] = piece.events.emplace_back(to_string(record.id), "");
    form_.append(json, record);
  }
  return piece;
}

void LiveFeed::append_element(JsonWriter& json, const Record& record) const {
  std::string event;
  form_.append(event, record);
  json.json_element(event);
}

std::string LiveFeed::latest_json(const RecordFilter& filter, std::size_t limit,
                                  std::string_view before) const {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.begin_array("events");
  bool is_more = false;
  std::size_t shown = 0;
  const std::lock_guard lock(mutex_);
  for (auto record = records_.rbegin(); record != records_.rend(); ++record) {
    if (!before.empty() && to_string(record->id) >= before) continue;
    if (!filter.lets_through(*record)) continue;
    if (shown++ == limit) {
      is_more = true;
      break;
    }
    append_element(json, *record);
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
  std::vector<const Record*> last;
  for (auto record = records_.rbegin(); record != records_.rend() && last.size() < limit; ++record)
    if (source_of(*record) == address) last.push_back(&*record);
  json.begin_array("events");
  for (auto record = last.rbegin(); record != last.rend(); ++record) append_element(json, **record);
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
  std::map<RecordId, Session> sessions;  // of which the beginning was not seen yet
  std::size_t shown = 0;
  for (auto record = records_.rbegin(); record != records_.rend() && shown < limit; ++record) {
    const RecordId id = conversation_of(*record);
    if (id == RecordId{}) continue;
    sessions[id].note(*record);
    if (record->kind() != RecordKind::flow_start) continue;
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
  for (const Record& record : records_) {
    const RecordId conversation = conversation_of(record);
    if (conversation == RecordId{} || to_string(conversation) != id) continue;
    is_known = true;
    append_element(json, record);
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

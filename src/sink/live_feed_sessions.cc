// The conversations of a LiveFeed.
#include <map>
#include <tuple>

#include "base/overloaded.h"
#include "event/event_text.h"
#include "sink/live_feed.h"

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
           std::to_string(port_of(flow)) == filter.address;
  }
  /// The one that was connected to: of the host, or of the machine that the host connected to.
  std::uint16_t port_of(const FlowKey& flow) const {
    return (start->is_outbound ? flow.remote : flow.local).port.number;
  }
  void append_to(JsonWriter& json) const {
    const FlowKey& flow = *flow_of(*start);
    const auto& [source, destination] =
        start->is_outbound ? std::tie(flow.local, flow.remote) : std::tie(flow.remote, flow.local);
    json.member("id", to_string(start->id));
    json.time_member("start", start->at);
    if (end != nullptr)
      json.time_member("end", end->at);
    else
      json.null_member("end");
    json.member("direction", start->is_outbound ? "outbound" : "inbound");
    json.member("source", to_string(source.address));
    json.member("source_port", source.port.number);
    json.member("destination", to_string(destination.address));
    json.member("destination_port", destination.port.number);
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

}  // namespace apiary

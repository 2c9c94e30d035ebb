#include "event/visitors.h"

#include <algorithm>

namespace apiary {
namespace {

constexpr auto minutes_kept = static_cast<std::int64_t>(Visitors::minutes_remembered);

std::int64_t minute_number(Instant at) {
  return std::chrono::floor<std::chrono::minutes>(at.time_since_epoch()).count();
}

std::size_t place_of(std::int64_t minute) {
  return static_cast<std::size_t>(minute) % Visitors::minutes_remembered;
}

}  // namespace

void Visitors::note(const Event& event) {
  const IpAddress source = source_of(event);
  if (source.is_unspecified()) return;
  const std::int64_t minute = minute_number(event.at);
  Visitor& visitor =
      visitors_.touch_or_insert(source, [minute] { return Visitor{.minute = minute}; });
  visitor.last = std::max(visitor.last, event.at);
  count(visitor, minute);
  if (const IpAddress host = host_of(event); !host.is_unspecified())
    note_host(visitor, host, event.at);
}

/// Some events are emitted later than they happened: they count for the minute of their time.
void Visitors::count(Visitor& visitor, std::int64_t minute) {
  if (minute <= visitor.minute - minutes_kept) return;
  if (minute > visitor.minute) {
    const std::int64_t from = std::max(visitor.minute + 1, minute - minutes_kept + 1);
    for (std::int64_t each = from; each <= minute; ++each) visitor.counts[place_of(each)] = 0;
    visitor.minute = minute;
  }
  ++visitor.counts[place_of(minute)];
}

void Visitors::note_host(Visitor& visitor, const IpAddress& host, Instant at) {
  auto found = std::ranges::find(visitor.hosts, host, &ContactedHost::host);
  if (found == visitor.hosts.end()) found = visitor.hosts.end() - 1;
  const ContactedHost known = found->host == host ? *found : ContactedHost{host, at, at};
  std::move_backward(visitor.hosts.begin(), found, found + 1);
  visitor.hosts.front() = {host, std::min(known.first, at), std::max(known.last, at)};
}

std::uint32_t Visitors::count_of(const Visitor& visitor, std::int64_t minute) {
  const bool is_kept = minute <= visitor.minute && minute > visitor.minute - minutes_kept;
  return is_kept ? visitor.counts[place_of(minute)] : 0;
}

void Visitors::append_to(JsonWriter& json, Instant now) const {
  const std::int64_t first = minute_number(now) - minutes_kept + 1;
  std::vector<Listed> all;
  visitors_.visit_latest(SIZE_MAX, [&](const IpAddress& address, const Visitor& visitor) {
    std::uint64_t events = 0;
    for (std::int64_t minute = first; minute < first + minutes_kept; ++minute)
      events += count_of(visitor, minute);
    if (events > 0) all.push_back({address, &visitor, events});
  });
  const std::size_t listed = std::min(all.size(), max_listed);
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(listed), all.end(),
                    [](const Listed& a, const Listed& b) { return a.events > b.events; });
  json.member("until", (first + minutes_kept) * 60);
  json.member("step_seconds", 60);
  json.member("steps", minutes_kept);
  json.begin_array("visitors");
  for (std::size_t i = 0; i < listed; ++i) append(json, all[i], first);
  json.end_array();
  json.member("others", all.size() - listed);
}

void Visitors::append(JsonWriter& json, const Listed& listed, std::int64_t first_minute) {
  json.begin_object_element();
  json.member("address", to_string(listed.address));
  json.member("events", listed.events);
  json.time_member("last", listed.visitor->last);
  json.begin_array("counts");
  for (std::int64_t minute = first_minute; minute < first_minute + minutes_kept; ++minute)
    json.element(count_of(*listed.visitor, minute));
  json.end_array();
  json.begin_array("hosts");
  for (const ContactedHost& contacted : listed.visitor->hosts) {
    if (contacted.host.is_unspecified()) break;
    json.begin_object_element();
    json.member("address", to_string(contacted.host));
    json.time_member("first", contacted.first);
    json.time_member("last", contacted.last);
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace apiary

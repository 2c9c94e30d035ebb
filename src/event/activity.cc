#include "event/activity.h"

#include <algorithm>

#include "base/printable.h"
#include "event/event_text.h"

namespace apiary {
namespace {

std::int64_t second_number(Instant at) {
  return std::chrono::floor<seconds>(at.time_since_epoch()).count();
}

/// Keeps the elements with the largest `size`, the largest first.
template <class T, class Size>
void keep_largest(std::vector<T>& all, Size size) {
  const auto larger = [&](const T& a, const T& b) { return size(a) > size(b); };
  const std::size_t kept = std::min(all.size(), Activity::max_listed);
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
                    larger);
  all.resize(kept);
}

std::string escaped(std::string_view bytes) {
  std::string text;
  append_escaped(text, bytes.substr(0, max_preview_bytes));
  return text;
}

}  // namespace

Distinct Activity::Source::all_hosts() const {
  const Distinct contacted = hosts.value();
  if (scanned_hosts.number == 0) return contacted;
  Distinct all = contacted.number > scanned_hosts.number ? contacted : scanned_hosts;
  if (scanned_apart || contacted.number > scanned_hosts.number) all.how = Distinct::How::at_least;
  return all;
}

Activity::Activity(const HashKey& hash_key, Instant now)
    : hash_{hash_key},
      since_(now),
      sources_(max_sources, hash_),
      hosts_(max_hosts, hash_),
      credentials_(max_credentials) {}

void Activity::note(const Event& event) {
  ++events_;
  Second& second = second_of(event.at);
  ++second.events;
  if (event.kind() == EventKind::contact) ++second.contacts;
  if (event.kind() == EventKind::flow_start) ++second.flows;
  if (const IpAddress source = apiary::source_of(event); !source.is_unspecified())
    note_source(event, source);
  note_target(event);
  if (const auto* credential = std::get_if<events::Credential>(&event.body))
    note_credential(*credential);
}

Activity::Second& Activity::second_of(Instant at) {
  const std::int64_t number = second_number(at);
  Second& second = seconds_[static_cast<std::size_t>(number) % seconds_.size()];
  if (second.at < number) second = {.at = number};
  return second;
}

void Activity::note_source(const Event& event, const IpAddress& address) {
  Source& source = source_of(address, event.at);
  source.last = std::max(source.last, event.at);
  ++source.events;
  source.contacts += event.kind() == EventKind::contact;
  source.flows += event.kind() == EventKind::flow_start;
  source.credentials += event.kind() == EventKind::credential;
  if (const IpAddress host = host_of(event); !host.is_unspecified())
    source.hosts.add(hash_(host), host_places_);
  if (const auto* scan = std::get_if<events::Scan>(&event.body)) note_scan(source, *scan);
}

Activity::Source& Activity::source_of(const IpAddress& address, Instant at) {
  if (Source* const known = sources_.touch(address); known != nullptr) return *known;
  if (sources_.size() >= sources_.capacity()) sources_.oldest().second->hosts.release(host_places_);
  return sources_.insert(address, Source{.first = at});
}

void Activity::note_scan(Source& source, const events::Scan& scan) {
  const bool is_another = source.scan_began != Instant{} && source.scan_began != scan.began;
  source.scanned_apart = source.scanned_apart || is_another || source.first < scan.began;
  source.scan_began = scan.began;
  if (scan.hosts.number > source.scanned_hosts.number) source.scanned_hosts = scan.hosts;
}

/// Counts the targets of a source: by contacts and conversations, which have one event each. Other
/// events only update the time of its last activity.
void Activity::note_target(const Event& event) {
  const bool counts = event.kind() == EventKind::contact || event.kind() == EventKind::flow_start;
  const auto* const payload = std::get_if<events::Payload>(&event.body);
  const bool is_contact =
      counts || event.kind() == EventKind::icmp || (payload != nullptr && payload->from_visitor);
  const FlowKey* const flow = flow_of(event);
  if (flow == nullptr || !is_contact || event.is_outbound) return;
  HostContacts& contacts = hosts_.touch_or_insert(flow->local.address);
  if (event.at >= contacts.last) {
    contacts.last = event.at;
    contacts.last_source = flow->remote.address;
  }
  if (!counts) return;
  ++contacts.count;
  if (flow->protocol == IpProtocol::tcp) ++tcp_ports_[flow->local.port.number];
  if (flow->protocol == IpProtocol::udp) ++udp_ports_[flow->local.port.number];
}

std::vector<IpAddress> Activity::contacted_hosts() const {
  std::vector<IpAddress> hosts;
  hosts_.visit_latest(
      SIZE_MAX, [&](const IpAddress& address, const HostContacts&) { hosts.push_back(address); });
  return hosts;
}

void Activity::note_credential(const events::Credential& credential) {
  const auto hash_of = [this](const std::string& text) {
    return keyed_hash(hash_.key, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  };
  const std::uint64_t key = mix_bits(hash_of(credential.user)) ^ hash_of(credential.password);
  CredentialUse& use = credentials_.touch_or_insert(key, [&] {
    return CredentialUse{escaped(credential.user), escaped(credential.password), 0};
  });
  ++use.count;
}

void Activity::append_source(JsonWriter& json, const IpAddress& address, const Source& source) {
  json.member("address", to_string(address));
  json.member("events", source.events);
  json.member("contacts", source.contacts);
  json.member("flows", source.flows);
  json.member("credentials", source.credentials);
  const Distinct hosts = source.all_hosts();
  json.member("hosts", hosts.number);
  json.member("hosts_counted", to_string(hosts.how));
  json.time_member("first", source.first);
  json.time_member("last", source.last);
}

void Activity::append_source(JsonWriter& json, const IpAddress& address) {
  const Source* const source = sources_.find(address);
  if (source == nullptr) return json.null_member("source");
  json.begin_object("source");
  append_source(json, address, *source);
  json.end_object();
}

void Activity::append_to(JsonWriter& json, Instant now) const {
  json.time_member("now", now);
  json.time_member("since", since_);
  json.member("events", events_);
  append_rates(json, now);

  std::vector<std::pair<IpAddress, const Source*>> sources;
  sources_.visit_latest(SIZE_MAX, [&](const IpAddress& address, const Source& source) {
    sources.emplace_back(address, &source);
  });
  keep_largest(sources, [](const auto& each) { return each.second->events; });
  json.begin_array("sources");
  for (const auto& [address, source] : sources) {
    json.begin_object_element();
    append_source(json, address, *source);
    json.end_object();
  }
  json.end_array();
  append_ports(json);

  std::vector<std::pair<IpAddress, const HostContacts*>> hosts;
  hosts_.visit_latest(SIZE_MAX, [&](const IpAddress& address, const HostContacts& contacts) {
    hosts.emplace_back(address, &contacts);
  });
  keep_largest(hosts, [](const auto& each) { return each.second->count; });
  json.begin_array("hosts");
  for (const auto& [address, contacts] : hosts) {
    json.begin_object_element();
    json.member("address", to_string(address));
    json.member("count", contacts->count);
    json.time_member("last", contacts->last);
    json.member("last_source", to_string(contacts->last_source));
    json.end_object();
  }
  json.end_array();

  std::vector<const CredentialUse*> credentials;
  credentials_.visit_latest(
      SIZE_MAX, [&](std::uint64_t, const CredentialUse& use) { credentials.push_back(&use); });
  keep_largest(credentials, [](const CredentialUse* use) { return use->count; });
  json.begin_array("credentials");
  for (const CredentialUse* use : credentials) {
    json.begin_object_element();
    json.member("user", use->user);
    json.member("password", use->password);
    json.member("count", use->count);
    json.end_object();
  }
  json.end_array();
}

void Activity::append_rates(JsonWriter& json, Instant now) const {
  // The current second is left out: it is incomplete and would look like a drop.
  const std::int64_t until = second_number(now);
  const std::int64_t first = std::max(until - static_cast<std::int64_t>(seconds_.size() - 1),
                                      std::min(second_number(since_), until));
  json.begin_object("rates");
  json.member("until", until);
  json.member("step_seconds", 1);
  const auto append = [&](std::string_view name, std::uint32_t Second::*count) {
    json.begin_array(name);
    for (std::int64_t at = first; at < until; ++at) {
      const Second& second = seconds_[static_cast<std::size_t>(at) % seconds_.size()];
      json.element(second.at == at ? second.*count : std::uint32_t{0});
    }
    json.end_array();
  };
  append("events", &Second::events);
  append("contacts", &Second::contacts);
  append("flows", &Second::flows);
  json.end_object();
}

void Activity::append_ports(JsonWriter& json) const {
  struct Counted {
    IpProtocol protocol;
    std::size_t port;
    std::uint32_t count;
  };
  std::vector<Counted> ports;
  for (const auto& [protocol, counts] :
       {std::pair{IpProtocol::tcp, &tcp_ports_}, std::pair{IpProtocol::udp, &udp_ports_}})
    for (std::size_t port = 0; port < counts->size(); ++port)
      if ((*counts)[port] > 0) ports.push_back({protocol, port, (*counts)[port]});
  keep_largest(ports, [](const Counted& each) { return each.count; });
  json.begin_array("ports");
  for (const Counted& each : ports) {
    json.begin_object_element();
    json.member("protocol", name_of(each.protocol));
    json.member("port", each.port);
    json.member("count", each.count);
    json.end_object();
  }
  json.end_array();
}

}  // namespace apiary

#include "event/contact_tracker.h"

#include <algorithm>

#include "passive/syn_signature.h"

namespace apiary {
namespace {

std::uint32_t bit_of_icmp_type(std::uint8_t type) {
  return std::uint32_t{1} << std::min<unsigned>(type, 31);
}

}  // namespace

void ContactTracker::note(const ProbeReceived& probe, PendingEvents& pending) {
  const FlowKey& flow = probe.flow;
  Source* source = known_source(flow, probe.at);
  const bool is_new_source = source == nullptr;
  if (is_new_source) {
    if (!allowance_.take(probe.at, pending)) return;
    source = &add_source(flow, probe.at, pending);
  }
  source->packets.count(flow.protocol);
  if (flow.protocol != IpProtocol::icmp) note_port(*source, flow.local.port.number);
  if (source->is_scanning) return note_host(*source, flow.local.address);
  Contact* contact = known_contact(flow, probe.at);
  const bool is_new = contact == nullptr;
  if (is_new) note_host(*source, flow.local.address);
  note_scan(flow.remote.address, *source, probe.at, pending);
  if (is_new) {
    if (source->is_scanning || (!is_new_source && !allowance_.take(probe.at, pending))) return;
    contact = &add_contact(flow, probe.at, pending);
  }
  contact->packets.count(flow.protocol);

  const std::uint32_t icmp_type =
      flow.protocol == IpProtocol::icmp ? bit_of_icmp_type(probe.icmp_type) : 0;
  const bool is_new_type = (contact->icmp_types & icmp_type) != icmp_type;
  contact->icmp_types |= icmp_type;
  if (source->is_scanning) return;
  if (is_new) {
    pending.emplace_back(probe.at,
                         events::Contact{.flow = flow,
                                         .type = probe.type,
                                         .icmp_type = probe.icmp_type,
                                         .icmp_code = probe.icmp_code,
                                         .payload = std::string(as_text(probe.payload)),
                                         .visitor_system = std::string(probe.visitor_system),
                                         .visitor_signature = signature_of(probe.visitor_syn)});
  } else if (is_new_type) {
    pending.emplace_back(probe.at, events::Icmp{flow, probe.icmp_type, probe.icmp_code});
  }
}

void ContactTracker::note(const FlowOpened& opened, PendingEvents& pending) {
  const FlowKey& flow = opened.flow;
  Source* source = known_source(flow, opened.at);
  if (source == nullptr) source = &add_source(flow, opened.at, pending);
  note_port(*source, flow.local.port.number);
  if (source->is_scanning) return note_host(*source, flow.local.address);
  if (known_contact(flow, opened.at) == nullptr) {
    note_host(*source, flow.local.address);
    add_contact(flow, opened.at, pending);  // its event is the FlowStart
  }
  note_scan(flow.remote.address, *source, opened.at, pending);
}

ContactTracker::Source* ContactTracker::known_source(const FlowKey& flow, Instant at) {
  Source* const source = sources_.touch(flow.remote.address);
  if (source != nullptr) source->last = at;
  return source;
}

ContactTracker::Source& ContactTracker::add_source(const FlowKey& flow, Instant at,
                                                   PendingEvents& pending) {
  if (sources_.size() >= sources_.capacity()) close_oldest_source(at, pending);
  const IpAddress& host = flow.local.address;
  return sources_.insert(flow.remote.address,
                         {.began = at, .last = at, .lowest_host = host, .highest_host = host});
}

ContactTracker::Contact* ContactTracker::known_contact(const FlowKey& flow, Instant at) {
  Contact* const contact = contacts_.touch({flow.remote.address, flow.local.address});
  if (contact != nullptr) contact->last = at;
  return contact;
}

ContactTracker::Contact& ContactTracker::add_contact(const FlowKey& flow, Instant at,
                                                     PendingEvents& pending) {
  if (contacts_.size() >= contacts_.capacity()) close_oldest_contact(pending);
  return contacts_.insert({flow.remote.address, flow.local.address}, {.began = at, .last = at});
}

void ContactTracker::note_host(Source& source, const IpAddress& host) {
  source.hosts.add(hash_(host), host_places_);
  source.lowest_host = std::min(source.lowest_host, host);
  source.highest_host = std::max(source.highest_host, host);
}

void ContactTracker::note_port(Source& source, std::uint16_t port) {
  Ports& ports = source.ports;
  if (ports.all != nullptr) {
    if ((*ports.all)[port]) return;
    (*ports.all)[port] = true;
    ++ports.count.number;
    return;
  }
  if (std::ranges::find(ports.first, port) != ports.first.end()) return;
  if (ports.first.size() <= max_ports) {
    ports.first.push_back(port);
    ++ports.count.number;
    return;
  }
  if (port_sets_left_ == 0) {
    ports.count.how = Distinct::How::at_least;
    return;
  }
  --port_sets_left_;
  ports.all = std::make_unique<std::vector<bool>>(65'536);
  for (const std::uint16_t known : ports.first) (*ports.all)[known] = true;
  (*ports.all)[port] = true;
  ++ports.count.number;
}

void ContactTracker::note_scan(const IpAddress& address, Source& source, Instant at,
                               PendingEvents& pending) {
  if (source.is_scanning ||
      (source.hosts.value().number <= max_hosts && source.ports.count.number <= max_ports))
    return;
  source.is_scanning = true;
  scans_.push_back(address);
  report_scan(address, source, at, false, pending);
}

void ContactTracker::on_time(Instant now, PendingEvents& pending) {
  allowance_.on_time(now, pending);
  for (auto [pair, contact] = contacts_.oldest();
       contact != nullptr && contact->last + quiet_time <= now;
       std::tie(pair, contact) = contacts_.oldest())
    close_oldest_contact(pending);
  for (auto [address, source] = sources_.oldest();
       source != nullptr && source->last + quiet_time <= now;
       std::tie(address, source) = sources_.oldest())
    close_oldest_source(now, pending);

  if (scans_due_ > now) return;
  scans_due_ = Instant::max();
  std::erase_if(scans_, [&](const IpAddress& address) {
    Source* const source = sources_.find(address);
    if (source == nullptr || !source->is_scanning) return true;
    if (source->reported + scan_telling_time <= now)
      report_scan(address, *source, now, false, pending);
    scans_due_ = std::min(scans_due_, source->reported + scan_telling_time);
    return false;
  });
}

Instant ContactTracker::next_due() {
  Instant due = allowance_.next_due();
  if (const auto [pair, contact] = contacts_.oldest(); contact != nullptr)
    due = std::min(due, contact->last + quiet_time);
  if (const auto [address, source] = sources_.oldest(); source != nullptr)
    due = std::min(due, source->last + quiet_time);
  return std::min(due, scans_due_);
}

void ContactTracker::finish(Instant now, PendingEvents& pending) {
  allowance_.finish(now, pending);
  while (contacts_.size() > 0) close_oldest_contact(pending);
  while (sources_.size() > 0) close_oldest_source(now, pending);
}

void ContactTracker::close_oldest_contact(PendingEvents& pending) {
  const auto [oldest, contact] = contacts_.oldest();
  const Pair pair = *oldest;
  if (contact->packets.total() > 1)
    pending.emplace_back(contact->last, events::ContactEnd{pair.source, pair.host, contact->began,
                                                           contact->packets});
  contacts_.erase(pair);
}

void ContactTracker::close_oldest_source(Instant now, PendingEvents& pending) {
  const auto [oldest, source] = sources_.oldest();
  const IpAddress address = *oldest;
  if (source->is_scanning)
    report_scan(address, *source, std::min(now, source->last), true, pending);
  if (source->ports.all != nullptr) ++port_sets_left_;
  source->hosts.release(host_places_);
  sources_.erase(address);
}

void ContactTracker::report_scan(const IpAddress& address, Source& source, Instant at, bool is_over,
                                 PendingEvents& pending) {
  source.reported = at;
  scans_due_ = std::min(scans_due_, at + scan_telling_time);
  pending.emplace_back(at, events::Scan{.source = address,
                                        .began = source.began,
                                        .is_over = is_over,
                                        .hosts = source.hosts.value(),
                                        .ports = source.ports.count,
                                        .packets = source.packets,
                                        .lowest_host = source.lowest_host,
                                        .highest_host = source.highest_host,
                                        .first_ports = source.ports.first});
}

}  // namespace apiary

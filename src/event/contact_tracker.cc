#include "event/contact_tracker.h"

#include <algorithm>

namespace apiary {
namespace {

std::uint32_t bit_of_icmp_type(std::uint8_t type) {
  return std::uint32_t{1} << std::min<unsigned>(type, 31);
}

}  // namespace

void ContactTracker::note(const ProbeReceived& probe, PendingEvents& pending) {
  const FlowKey& flow = probe.flow;
  Source& source = source_of(flow, probe.at, pending);
  source.packets.count(flow.protocol);
  if (flow.protocol != IpProtocol::icmp) note_port(source, flow.local.port.number);
  if (source.is_scanning) return note_host(source, flow.local.address);
  Contact& contact = contact_of(flow, probe.at, source, pending);
  const bool is_first = contact.packets.total() == 0;
  contact.packets.count(flow.protocol);
  note_scan(flow.remote.address, source, probe.at, pending);

  const std::uint32_t icmp_type =
      flow.protocol == IpProtocol::icmp ? bit_of_icmp_type(probe.icmp_type) : 0;
  const bool is_new_type = (contact.icmp_types & icmp_type) != icmp_type;
  contact.icmp_types |= icmp_type;
  if (source.is_scanning) return;
  if (is_first && !contact.is_reported) {
    if (!allowance_.take(probe.at, pending)) return;
    contact.is_reported = true;
    pending.emplace_back(probe.at,
                         events::Contact{.flow = flow,
                                         .type = probe.type,
                                         .icmp_type = probe.icmp_type,
                                         .icmp_code = probe.icmp_code,
                                         .payload = std::string(as_text(probe.payload)),
                                         .visitor_system = std::string(probe.visitor_system)});
  } else if (is_new_type) {
    pending.emplace_back(probe.at, events::Icmp{flow, probe.icmp_type, probe.icmp_code});
  }
}

void ContactTracker::note(const FlowOpened& opened, PendingEvents& pending) {
  Source& source = source_of(opened.flow, opened.at, pending);
  note_port(source, opened.flow.local.port.number);
  if (source.is_scanning) return note_host(source, opened.flow.local.address);
  contact_of(opened.flow, opened.at, source, pending).is_reported = true;  // by the FlowStart
  note_scan(opened.flow.remote.address, source, opened.at, pending);
}

ContactTracker::Source& ContactTracker::source_of(const FlowKey& flow, Instant at,
                                                  PendingEvents& pending) {
  const IpAddress& address = flow.remote.address;
  Source* source = sources_.touch(address);
  if (source == nullptr) {
    if (sources_.size() >= sources_.capacity()) close_oldest_source(at, pending);
    source = &sources_.insert(
        address,
        {.began = at, .lowest_host = flow.local.address, .highest_host = flow.local.address});
  }
  source->last = at;
  return *source;
}

ContactTracker::Contact& ContactTracker::contact_of(const FlowKey& flow, Instant at, Source& source,
                                                    PendingEvents& pending) {
  const Pair pair{flow.remote.address, flow.local.address};
  Contact* contact = contacts_.touch(pair);
  if (contact == nullptr) {
    if (contacts_.size() >= contacts_.capacity()) close_oldest_contact(pending);
    contact = &contacts_.insert(pair, {.began = at});
    note_host(source, flow.local.address);
  }
  contact->last = at;
  return *contact;
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
  if (contact->is_reported && contact->packets.total() > 1)
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

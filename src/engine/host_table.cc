#include "engine/host_table.h"

#include <algorithm>

namespace apiary {

HostTable::HostTable(const Dependencies& dependencies)
    : deps_(dependencies),
      states_(deps_.settings.limits.hosts, FlowHash{deps_.settings.table_key()}),
      reply_limits_(deps_.settings.limits, deps_.settings.table_key()),
      systems_(deps_.settings.limits.visitor_systems, deps_.settings.limits.visitor_syns,
               deps_.settings.table_key()),
      rng_(mix_bits(deps_.settings.seed + 3)) {}

const HostTemplatePtr* HostTable::find(const IpAddress& address, const IpAddress& visitor,
                                       std::uint8_t protocol, Instant now) const {
  const LeasedHost* const leased = deps_.leases.find(address);
  const HostTemplatePtr* const host_template =
      leased == nullptr ? deps_.honeynet->find_host(address) : &leased->host_template;
  if (host_template == nullptr || !(*host_template)->is_dynamic) return host_template;
  return resolve_dynamic(*host_template, visitor, protocol, now);
}

const HostTemplatePtr* HostTable::resolve_dynamic(const HostTemplatePtr& host_template,
                                                  const IpAddress& visitor, std::uint8_t protocol,
                                                  Instant now) const {
  const Duration time = time_of_day(now, deps_.honeynet->parts().local_time_ahead);
  return resolve(host_template, {visitor, protocol, time, systems_.name_of(visitor, now)});
}

const Path* HostTable::path_to(const IpAddress& address) const {
  static const Path on_the_link;
  return is_leased(address) ? &on_the_link : deps_.honeynet->topology().path_to(address);
}

HostState HostTable::make_state(const IpAddress& address, const HostTemplate& host_template,
                                Instant now) {
  return {personalities_.pin(host_template.personality),
          make_stack_state(deps_.settings.host_key, address, host_template, began_, now)};
}

HostState& HostTable::state_of(const IpAddress& address, const HostTemplatePtr& host_template,
                               Instant now, std::uint32_t* slot) {
  HostState* known = slot != nullptr ? states_.touch_at(*slot, address) : nullptr;
  if (known == nullptr) {
    known =
        &states_.touch_or_insert(address, [&] { return make_state(address, *host_template, now); });
    if (slot != nullptr) *slot = states_.last_slot();
  }
  if (known->personality.get() == host_template->personality.get()) return *known;
  // A reload changed the personality since the host's last packet. The same system keeps its
  // sequences.
  if (known->personality->name == host_template->personality->name)
    known->personality = personalities_.pin(host_template->personality);
  else
    *known = make_state(address, *host_template, now);
  return *known;
}

HostContext HostTable::conversation_context(Instant now, const FlowKey& flow,
                                            const HostTemplatePtr& host_template,
                                            const SavedReplyRoute& kept, Outbox& out) {
  const IpAddress& address = flow.local.address;
  HostState& state =
      states_.touch_or_insert(address, [&] { return make_state(address, *host_template, now); });
  return make_context(now, address, flow.remote.address, host_template, state,
                      reply_route_of(now, address, kept), out);
}

HostContext HostTable::make_context(Instant now, const IpAddress& address, const IpAddress& visitor,
                                    const HostTemplatePtr& host_template, HostState& state,
                                    const ReplyRoute& way, Outbox& out) {
  return {.now = now,
          .address = address,
          .host_template = host_template,
          .state = state,
          .way = way,
          .limits = deps_.settings.limits,
          .outlet = deps_.outlet,
          .out = out,
          .counters = deps_.counters,
          .icmp_allowance = reply_limits_.icmp_errors,
          .account = reply_limits_.amplification.of(visitor),
          .systems = systems_,
          .listening = *deps_.settings.listening};
}

/// The reply route, in the current topology, of a packet that a host sends on its own. The host
/// handles a visitor's packets when they enter from outside, earlier by the latency of the inbound
/// path than they would arrive. So its own packets depart later by that latency, and not before the
/// reply to the previous packet.
ReplyRoute HostTable::reply_route_of(Instant now, const IpAddress& address,
                                     const SavedReplyRoute& kept) const {
  const Path* const path = path_to(address);
  if (path == nullptr || !path->reaches()) {  // the address has no path any more: drop everything
    return {.exit = kept.exit,
            .path = nullptr,
            .from = {.after = {.latency = {}, .loss = percent(100)}},
            .hops = 0,
            .departs = now};
  }
  return reply_route(kept.exit, *path, path->place, path->hops.size(),
                     std::max(now + path->place.latency, kept.departed));
}

bool HostTable::drops(const HostTemplate& host_template, const ParsedDatagram& datagram) {
  if (rng_.happens(host_template.drops_in)) return true;
  const TcpSegment* const segment = datagram.tcp();
  return host_template.drops_syn != Probability{} && segment != nullptr &&
         segment->is_connection_request() && rng_.happens(host_template.drops_syn);
}

void HostTable::add_tables(std::vector<TableUse>& tables) const {
  tables.push_back(use_of("hosts", states_));
  tables.push_back(reply_limits_.icmp_errors.use());
}

}  // namespace apiary

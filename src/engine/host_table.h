#pragma once

#include <memory>
#include <vector>

#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "base/pin_table.h"
#include "base/random.h"
#include "engine/engine_settings.h"
#include "host/host_context.h"
#include "host/reply_limits.h"
#include "host/visitor_systems.h"
#include "lan/dhcp_clients.h"
#include "wire/parsed_datagram.h"

namespace apiary {

/// The simulated hosts: the template at each address, the state of hosts that received packets, and
/// their reply limits. Only this class makes HostContexts.
class HostTable {
 public:
  /// Parts of the engine, which must outlive this object.
  struct Dependencies {
    const std::shared_ptr<const Honeynet>& honeynet;  // the current one
    const EngineSettings& settings;
    const DhcpClients& leases;
    PacketSender& outlet;
    Counters& counters;
  };
  explicit HostTable(const Dependencies& dependencies);

  /// Notes a received frame. The uptimes of hosts count from the first one.
  void note_frame(Instant now) { began_ = std::min(began_, now); }

  /// As Engine::adopt().
  std::shared_ptr<const SignatureDatabase> adopt(std::shared_ptr<const SignatureDatabase> next) {
    return systems_.adopt(std::move(next));
  }
  /// Notes the operating system that sent a SYN. Conditions of dynamic templates may depend on it.
  void note_system(Instant now, const ParsedDatagram& datagram) {
    const TcpSegment* const segment = datagram.tcp();
    if (segment != nullptr && segment->is_connection_request())
      systems_.note(now, datagram.ip, *segment);
  }

  /// The template of the host at an address, leased or not. See Honeynet::find_host().
  const HostTemplatePtr* find(const IpAddress& address, const IpAddress& visitor,
                              std::uint8_t protocol, Instant now) const;
  /// The template of the host with `bound`, which may be dynamic or null, for `datagram`.
  const HostTemplatePtr* resolved(const HostTemplatePtr* bound, const IpDatagram& datagram,
                                  Instant now) const {
    if (bound == nullptr || !(*bound)->is_dynamic) return bound;
    return resolve_dynamic(*bound, datagram.source, datagram.protocol, now);
  }
  bool is_leased(const IpAddress& address) const { return deps_.leases.find(address) != nullptr; }
  /// The path to an address; a leased one is on the link. nullptr if there is none.
  const Path* path_to(const IpAddress& address) const;

  /// The context of a host of `host_template` that answers a packet of `visitor`. `slot`: where its
  /// state was found last time, for the next time; may be null.
  HostContext context(Instant now, const IpAddress& address, const IpAddress& visitor,
                      const HostTemplatePtr& host_template, const ReplyRoute& way, Outbox& out,
                      std::uint32_t* slot = nullptr) {
    return make_context(now, address, visitor, host_template,
                        state_of(address, host_template, now, slot), way, out);
  }
  /// The context of a host in a conversation that began with `host_template`, even if the host has
  /// another template now. The host keeps its sequences: otherwise two systems would restart them
  /// in turn.
  HostContext conversation_context(Instant now, const FlowKey& flow,
                                   const HostTemplatePtr& host_template,
                                   const SavedReplyRoute& kept, Outbox& out);

  /// Whether a host of `host_template` drops the datagram without an answer, by its drop rates.
  bool drops(const HostTemplate& host_template, const ParsedDatagram& datagram);

  /// Fetches the state in `slot` into the processor's cache.
  void prefetch_slot(std::uint32_t slot) const { states_.prefetch_slot(slot); }
  /// Fetches what the search for the state of `address` reads.
  void prefetch(const IpAddress& address) const { states_.prefetch(address); }
  /// The same for the state itself, some time later.
  void prefetch_state(const IpAddress& address) const { states_.prefetch_value(address); }
  /// Fetches the budget for ICMP errors of `host` to `visitor`.
  void prefetch_icmp_errors(const IpAddress& host, const IpAddress& visitor) const {
    reply_limits_.icmp_errors.prefetch(host, visitor);
  }
  /// Fetches what is known of a visitor.
  void prefetch_visitor(const IpAddress& visitor) const {
    reply_limits_.amplification.prefetch(visitor);
    systems_.prefetch(visitor);
  }

  ReplyLimits& reply_limits() { return reply_limits_; }
  /// Conversations pin their templates here: a reload does not take them away.
  PinTable<HostTemplate>& templates() { return templates_; }
  /// Hands over the retired templates and personalities that nothing uses any more.
  void release_unused(Outbox& out) {
    if (templates_.has_unused()) templates_.take_released(out.released);
    if (personalities_.has_unused()) personalities_.take_released(out.released);
  }
  std::size_t size() const { return states_.size(); }

  void on_time(Instant, Outbox&) {}  // no timers
  static Instant next_due() { return Instant::max(); }
  void add_tables(std::vector<TableUse>& tables) const;
  /// Retires the templates of the version before. state_of() notices another personality.
  void adopt(const Honeynet&, const AddressSet&) {
    templates_.retire();
    personalities_.retire();
  }

 private:
  HostState make_state(const IpAddress& address, const HostTemplate& host_template, Instant now);
  HostState& state_of(const IpAddress& address, const HostTemplatePtr& host_template, Instant now,
                      std::uint32_t* slot);
  const HostTemplatePtr* resolve_dynamic(const HostTemplatePtr& host_template,
                                         const IpAddress& visitor, std::uint8_t protocol,
                                         Instant now) const;
  ReplyRoute reply_route_of(Instant now, const IpAddress& address,
                            const SavedReplyRoute& kept) const;
  HostContext make_context(Instant now, const IpAddress& address, const IpAddress& visitor,
                           const HostTemplatePtr& host_template, HostState& state,
                           const ReplyRoute& way, Outbox& out);

  const Dependencies deps_;
  PinTable<HostTemplate> templates_;     // used by conversations
  PinTable<Personality> personalities_;  // used by states_
  LruMap<IpAddress, HostState, FlowHash> states_;
  ReplyLimits reply_limits_;
  VisitorSystems systems_;
  Random rng_;                      // for drop rates
  Instant began_ = Instant::max();  // when the first frame was received
};

}  // namespace apiary

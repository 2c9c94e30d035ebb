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

/// The simulated hosts: who is at an address, what is kept of those that were spoken to, and how
/// much they may still say. The only place where a HostContext is made.
class HostTable {
 public:
  /// Parts of the engine, which must outlive this object.
  struct Dependencies {
    const std::shared_ptr<const Honeynet>& honeynet;  // the present one
    const EngineSettings& settings;
    const DhcpClients& leases;
    PacketSender& outlet;
    Counters& counters;
  };
  explicit HostTable(const Dependencies& dependencies);

  /// The first frame came, or another one: hosts' uptimes count from the first.
  void note_frame(Instant now) { began_ = std::min(began_, now); }

  /// As Engine::adopt().
  std::shared_ptr<const SignatureDatabase> adopt(std::shared_ptr<const SignatureDatabase> next) {
    return systems_.adopt(std::move(next));
  }
  /// Notes which operating system sent a SYN. Which host it meets may depend on that.
  void note_system(Instant now, const ParsedDatagram& datagram) {
    const TcpSegment* const segment = datagram.tcp();
    if (segment != nullptr && segment->is_connection_request())
      systems_.note(now, datagram.ip, *segment);
  }

  /// The machine at an address, leased or not, as Honeynet::find_host().
  const HostTemplatePtr* find(const IpAddress& address, const IpAddress& visitor,
                              std::uint8_t protocol, Instant now) const;
  bool is_leased(const IpAddress& address) const { return deps_.leases.find(address) != nullptr; }
  /// The path to an address; a leased one is on the link. nullptr: none.
  const Path* path_to(const IpAddress& address) const;

  /// For a host of the template `host_template` that answers a packet of `visitor`.
  HostContext context(Instant now, const IpAddress& address, const IpAddress& visitor,
                      const HostTemplatePtr& host_template, const ReplyRoute& way, Outbox& out) {
    return make_context(now, address, visitor, host_template, state_of(address, host_template, now),
                        way, out);
  }
  /// For what a host says in a conversation that began by the template `host_template`, whatever
  /// the host is by now. The host goes on with the sequences it has: two systems never take turns
  /// in starting them again.
  HostContext conversation_context(Instant now, const FlowKey& flow,
                                   const HostTemplatePtr& host_template,
                                   const SavedReplyRoute& kept, Outbox& out);

  /// Whether a host of the template `host_template` drops the datagram without an answer, as chance
  /// has it.
  bool drops(const HostTemplate& host_template, const ParsedDatagram& datagram);

  ReplyLimits& reply_limits() { return reply_limits_; }
  /// Conversations pin their templates here: a reload does not take them away.
  PinTable<HostTemplate>& templates() { return templates_; }
  /// Hands over the retired templates and personalities that nothing uses any more.
  void release_unused(Outbox& out) {
    templates_.take_released(out.released);
    personalities_.take_released(out.released);
  }
  std::size_t size() const { return states_.size(); }

  void on_time(Instant, Outbox&) {}  // nothing waits here
  static Instant next_due() { return Instant::max(); }
  void add_tables(std::vector<TableUse>& tables) const;
  /// Retires the templates of the version before. state_of() notices another personality.
  void adopt(const Honeynet&, const AddressSet&) {
    templates_.retire();
    personalities_.retire();
  }

 private:
  HostState make_state(const IpAddress& address, const HostTemplate& host_template, Instant now);
  HostState& state_of(const IpAddress& address, const HostTemplatePtr& host_template, Instant now);
  ReplyRoute way_of_conversation(Instant now, const IpAddress& address,
                                 const SavedReplyRoute& kept) const;
  HostContext make_context(Instant now, const IpAddress& address, const IpAddress& visitor,
                           const HostTemplatePtr& host_template, HostState& state,
                           const ReplyRoute& way, Outbox& out);

  const Dependencies deps_;
  PinTable<HostTemplate> templates_;     // that conversations use
  PinTable<Personality> personalities_;  // that states_ use
  LruMap<IpAddress, HostState, FlowHash> states_;
  ReplyLimits reply_limits_;
  VisitorSystems systems_;
  Random rng_;                      // of packets that hosts drop
  Instant began_ = Instant::max();  // when the first frame came
};

}  // namespace apiary

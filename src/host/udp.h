#pragma once

#include <tsl/robin_map.h>

#include <algorithm>

#include "base/address_set.h"
#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "base/pin_table.h"
#include "base/table_use.h"
#include "base/timing_wheel.h"
#include "host/host_context.h"
#include "host/icmp.h"
#include "telemetry/conversation.h"
#include "wire/parsed_datagram.h"

namespace apiary {

/// A conversation with a UDP service.
struct UdpFlow {
  SessionId session;
  Pinned<HostTemplate> host_template;
  SavedReplyRoute way;
  Instant opened{}, last_received{};
  std::size_t unconsumed_bytes = 0;  // delivered to the service, not yet consumed
  std::uint64_t received_bytes = 0, sent_bytes = 0;
  std::uint64_t received_packets = 0, sent_packets = 0;
  // The service failed: the port counts as closed for the visitor, until the flow expires. It is no
  // conversation any more.
  bool is_refused = false;
  bool is_outbound = false;  // a server of the host began it
  Instant last_sent{};
};

/// UDP of all hosts of a shard.
class UdpHandler {
 public:
  /// `limits` and `templates` must outlive it.
  UdpHandler(const Limits& limits, const HashKey& hash_key, ShardId shard,
             PinTable<HostTemplate>& templates)
      : limits_(limits),
        shard_(shard),
        templates_(templates),
        flows_(limits.udp_flows, FlowHash{hash_key}) {}

  /// Handles a UDP datagram to `host`.
  void handle(HostContext& host, const ParsedDatagram& parsed, bool checksum_pending);

  /// Opens a flow for a server of `host`, which sends the first datagram.
  void connect(HostContext& host, const ConnectRequest& request);

  /// Handles an ICMP error about a datagram of `host`. A port unreachable ends the flow.
  void on_icmp_error(HostContext& host, const ReceivedIcmpError& report);

  /// The flow of a session with its key; nullptrs if it has ended.
  std::pair<const FlowKey*, UdpFlow*> find(SessionId session);
  void on_service(HostContext& host, const FlowKey& key, UdpFlow& flow,
                  const ServiceMessage& message);

  std::size_t flows() const { return flows_.size(); }
  TableUse use() const { return {"udp_flows", flows_.size(), flows_.capacity(), evictions_}; }
  /// At most `limit` conversations, the most recently active first.
  std::vector<Conversation> latest(std::size_t limit) const;

  /// Ends the flows with hosts at `addresses`.
  void evict(Instant now, const AddressSet& addresses, Outbox& out);
  /// Ends idle flows.
  void on_time(Instant now, Outbox& out);
  Instant next_due() {
    const auto [key, flow] = flows_.oldest();
    const Instant due =
        flow == nullptr ? Instant::max() : flow->last_received + limits_.udp_idle_time;
    return std::min(due, outbound_due_.next_due());
  }

 private:
  void on_service_datagram(HostContext& host, const FlowKey& key, Bytes payload,
                           const std::shared_ptr<const ServiceSpec>& service);
  /// `request`: as in OpenSession.
  UdpFlow& open(HostContext& host, const FlowKey& key,
                const std::shared_ptr<const ServiceSpec>& service, std::uint64_t request = 0);
  void answer_closed(HostContext& host, const IpDatagram& datagram);
  void emit_end(Instant now, const FlowKey& key, const UdpFlow& flow, Outbox& out,
                FlowEndReason how);
  void end(Instant now, const FlowKey& key, Outbox& out, FlowEndReason how);

  const Limits& limits_;
  const ShardId shard_;
  PinTable<HostTemplate>& templates_;
  LruMap<FlowKey, UdpFlow, FlowHash> flows_;
  std::uint64_t evictions_ = 0;
  tsl::robin_map<SessionId, FlowKey> by_session_;
  std::uint64_t next_session_number_ = 0;
  std::size_t outbound_flows_ = 0;
  TimingWheel<FlowKey> outbound_due_;  // when they may be idle for too long
};

}  // namespace apiary

#pragma once

#include <tsl/robin_map.h>

#include "base/address_set.h"
#include "base/flow_hash.h"
#include "base/lru_map.h"
#include "base/table_use.h"
#include "host/host_context.h"
#include "host/icmp.h"
#include "telemetry/conversation.h"
#include "wire/parsed_datagram.h"

namespace apiary {

/// A visitor's datagrams to a UDP service and back.
struct UdpFlow {
  SessionId session;
  HostTemplatePtr host_template;
  SavedReplyRoute way;
  Instant opened{}, last_heard{};
  std::size_t unconsumed_bytes = 0;  // delivered to the service and not yet taken
  std::uint64_t received_bytes = 0, sent_bytes = 0;
  std::uint64_t received_packets = 0, sent_packets = 0;
  bool failed = false;  // the service said that it cannot: it knows that this is over
};

/// The UDP of all hosts of a shard.
class UdpHandler {
 public:
  UdpHandler(const Limits& limits, const HashKey& hash_key)
      : limits_(limits), flows_(limits.udp_flows, FlowHash{hash_key}) {}

  /// A datagram for `host` with UDP in it.
  void handle(HostContext& host, const ParsedDatagram& parsed, bool checksum_pending);

  /// An ICMP error about a datagram of `host` came in: a visitor whose port is closed is gone.
  void on_icmp_error(HostContext& host, const ReceivedIcmpError& report);

  /// The flow of a session with its key; nullptrs when it is over.
  std::pair<const FlowKey*, UdpFlow*> find(SessionId session);
  void on_service(HostContext& host, const FlowKey& key, UdpFlow& flow,
                  const ServiceMessage& message);

  std::size_t flows() const { return flows_.size(); }
  TableUse use() const { return {"udp_flows", flows_.size(), flows_.capacity(), evictions_}; }
  /// At most `limit` conversations, the one spoken in last first.
  std::vector<Conversation> latest(std::size_t limit) const;

  /// Ends the flows with hosts at `addresses`.
  void evict(Instant now, const AddressSet& addresses, Outbox& out);
  /// Ends the flows that were silent for too long.
  void on_time(Instant now, Outbox& out);
  Instant next_due();

 private:
  void on_service_datagram(HostContext& host, const FlowKey& key, Bytes payload,
                           const std::shared_ptr<const ServiceSpec>& service);
  UdpFlow& open(HostContext& host, const FlowKey& key,
                const std::shared_ptr<const ServiceSpec>& service);
  void answer_closed(HostContext& host, const IpDatagram& datagram);
  void end(Instant now, const FlowKey& key, Outbox& out, FlowEndReason how);

  const Limits& limits_;
  LruMap<FlowKey, UdpFlow, FlowHash> flows_;
  std::uint64_t evictions_ = 0;
  tsl::robin_map<SessionId, FlowKey> by_session_;
  std::uint64_t next_session_ = std::uint64_t{1} << 63;  // apart from those of TCP
};

}  // namespace apiary

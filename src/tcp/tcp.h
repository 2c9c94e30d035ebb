#pragma once

#include <array>

#include "base/address_set.h"
#include "host/icmp.h"
#include "tcp/connection_table.h"
#include "tcp/half_open_table.h"
#include "tcp/tarpit_table.h"
#include "telemetry/conversation.h"
#include "wire/parsed_datagram.h"

namespace apiary {

/// TCP of all hosts of a shard.
class TcpHandler {
 public:
  /// `limits` and `templates` must outlive it.
  TcpHandler(const Limits& limits, const HashKey& hash_key, ShardId shard,
             PinTable<HostTemplate>& templates)
      : limits_(limits),
        templates_(templates),
        connections_(limits, hash_key, shard),
        half_open_(hash_key, templates),
        tarpit_(limits, hash_key, templates) {}

  /// Handles a datagram for `host` that carries a TCP segment.
  void handle(HostContext& host, const ParsedDatagram& parsed, bool checksum_pending);

  // Fetch what handle() will read for a segment of `flow` into the processor's cache, each some
  // time after the one before.
  void prefetch_places(const FlowKey& flow) const {
    half_open_.prefetch_bucket(flow);
    connections_.prefetch_place(flow);
  }
  void prefetch_slots(const FlowKey& flow) const { connections_.prefetch_slot(flow); }
  void prefetch_entries(const FlowKey& flow) const {
    half_open_.prefetch_entry(flow);
    connections_.prefetch_connection(flow);
  }

  /// Opens a connection of `host`.
  void connect(HostContext& host, const ConnectRequest& request);

  /// Handles an ICMP error about a segment of `host`. Ignores errors about numbers that are not in
  /// flight; the others end only handshakes (RFC 5927 sections 4.1 and 6, RFC 6633).
  void on_icmp_error(HostContext& host, const ReceivedIcmpError& report);

  /// The template by which the conversation of `datagram` began. Returns nullptr if it belongs to
  /// none. Valid until the end of the turn.
  const HostTemplatePtr* template_of_conversation(const ParsedDatagram& datagram);

  /// The connection of a session; nullptr if it has ended.
  Connection* find(SessionId session) { return connections_.find(session); }
  /// The sessions of connections with hosts at `addresses`.
  std::vector<SessionId> sessions_at(const AddressSet& addresses) const;
  /// Ends a connection without a packet to the visitor.
  void evict(HostContext& host, Connection& connection);
  /// Forgets the half-open connections with hosts at `addresses`.
  void forget_half_open(const AddressSet& addresses);
  /// Handles a message of the service of `connection`.
  void on_service(HostContext& host, Connection& connection, const ServiceMessage& message);

  Instant next_due() const {
    return std::min({connections_.next_due(), half_open_.next_due(), tarpit_.next_due()});
  }
  Connection* take_due(Instant now) { return connections_.take_due(now); }
  void on_time(HostContext& host, Connection& connection);

  /// A half-open connection whose time has come. Valid until the next call.
  struct DueHalfOpen {
    std::uint32_t slot;
    HalfOpen connection;
    const HostTemplatePtr& host_template;
    SavedReplyRoute way;
  };
  std::optional<DueHalfOpen> take_due_half_open(Instant now);
  /// See HalfOpenTable.
  std::optional<IpAddress> host_due_after(std::size_t others) const {
    return half_open_.host_due_after(others);
  }
  void on_time(HostContext& host, const DueHalfOpen& due);
  /// Fires the timers that need no HostContext.
  void on_time(Instant now, Outbox& out) { tarpit_.on_time(now, out); }

  /// With half-open ones.
  std::size_t connections() const { return connections_.size() + half_open_.size(); }
  const BufferTotals& waiting_bytes() const { return waiting_bytes_; }
  std::size_t tarpitted() const { return tarpit_.size(); }
  std::size_t half_open() const { return half_open_.size() + connections_.half_open(); }
  /// The use by all connections, by half-open ones, and by tarpitted ones.
  std::array<TableUse, 3> uses() const;
  /// The number of conversations that latest() lists without a limit.
  std::size_t conversations() const { return connections() + tarpit_.opened_size(); }
  /// At most `limit` conversations, the most recently active first, half-open ones last.
  std::vector<Conversation> latest(std::size_t limit) const;

 private:
  void on_connection(HostContext& host, Connection& connection, const TcpSegment& segment, Ecn ecn);
  void open(HostContext& host, ProbeReceived& probe, const TcpSegment& syn);
  void answer_stray_segment(HostContext& host, const ProbeReceived& probe,
                            const ParsedDatagram& parsed, PortState port);
  /// While send queues exceed Limits::send_bytes, evicts connections that have stalled for longest.
  void shed_load(HostContext& host);
  void on_half_open(HostContext& host, std::uint32_t slot, const TcpSegment& segment, Ecn ecn);
  /// The connection that `one` stands for, for the next session of connections_, which has room for
  /// it. `host` has the template by which it began.
  std::unique_ptr<Connection> complete(HostContext& host, const HalfOpen& one);
  /// The same, with the reply that was sent to its SYN.
  std::unique_ptr<Connection> make_connection(HostContext& host, const HalfOpen& one,
                                              const SynAck& syn_ack);
  /// Sends the SYN/ACK of `one` again.
  static void send_again(HostContext& host, const HalfOpen& one);
  /// Keeps what became of the half-open connection of `slot`.
  void keep_if_changed(Instant now, std::uint32_t slot, std::unique_ptr<Connection> connection);
  /// Evicts connections until another has room.
  void make_room(HostContext& host);
  /// Removes the connection if it is closed; otherwise notes its deadline.
  void update_or_remove(Instant now, Connection& connection);

  const Limits& limits_;
  PinTable<HostTemplate>& templates_;
  BufferTotals waiting_bytes_;
  ConnectionTable connections_;
  HalfOpenTable half_open_;
  TarpitTable tarpit_;
  std::uint64_t evictions_ = 0, half_open_evictions_ = 0;
};

}  // namespace apiary

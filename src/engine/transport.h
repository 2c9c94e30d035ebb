#pragma once

#include "engine/host_table.h"
#include "host/reassembly.h"
#include "host/udp.h"
#include "tcp/tcp.h"

namespace apiary {

/// TCP, UDP, ICMP and reassembly for all hosts of a shard.
class Transport {
 public:
  /// All arguments must outlive this object.
  Transport(const EngineSettings& settings, HostTable& hosts, Counters& counters);

  /// Handles a datagram, or a fragment, for `host`.
  void handle(HostContext& host, const ParsedDatagram& datagram, bool checksum_pending);
  /// Handles a broadcast UDP datagram for `host`. The caller has verified its checksum.
  void handle_broadcast(HostContext& host, const ParsedDatagram& datagram) {
    udp_.handle(host, datagram, true);
  }
  /// The template by which the conversation of `datagram` began. Returns nullptr if it belongs to
  /// none. Valid until the end of the turn.
  const HostTemplatePtr* template_of_conversation(const ParsedDatagram& datagram) {
    return tcp_.template_of_conversation(datagram);
  }

  /// Opens a conversation of `host` with another machine.
  void connect(HostContext& host, const ConnectRequest& request) {
    if (request.flow.protocol == IpProtocol::udp)
      udp_.connect(host, request);
    else
      tcp_.connect(host, request);
  }
  /// Handles a message of a service. Ignores messages of sessions that have ended.
  void on_service(Instant now, const ServiceMessage& message, Outbox& out);
  /// This machine has `addresses` now: ends the conversations with hosts there without a packet.
  void leave_to_machine(Instant now, const AddressSet& addresses, Outbox& out);

  const TcpHandler& tcp() const { return tcp_; }
  const UdpHandler& udp() const { return udp_; }
  /// At most `limit` conversations, the most recently active first, TCP before UDP.
  ConversationList conversations(std::size_t limit) const;

  void on_time(Instant now, Outbox& out);
  Instant next_due() {
    return std::min({tcp_.next_due(), udp_.next_due(), reassembly_.next_due()});
  }
  void add_tables(std::vector<TableUse>& tables) const;
  void adopt(const Honeynet&, const AddressSet&) {}  // conversations keep their templates

 private:
  HostContext context_of(Instant now, const Connection& connection, Outbox& out) {
    return hosts_.conversation_context(now, connection.flow(), connection.host_template(),
                                       connection.way(), out);
  }
  void add_fragment(HostContext& host, const IpDatagram& fragment, bool checksum_pending);
  void dispatch(HostContext& host, const ParsedDatagram& datagram, bool checksum_pending);
  void on_icmp(HostContext& host, const ParsedDatagram& datagram);
  void report_expired(Instant now, const Reassembly::Expired& expired, Outbox& out);

  HostTable& hosts_;
  Reassembly reassembly_;
  TcpHandler tcp_;
  UdpHandler udp_;
};

}  // namespace apiary

#pragma once

#include "base/pin_table.h"
#include "honeynet/host_template.h"
#include "personality/reply.h"
#include "session/session.h"

namespace apiary {

/// The beginning of a connection: the SYN, and the SYN/ACK that answers it.
struct ConnectionStart {
  FlowKey flow;
  Pinned<HostTemplate> host_template;
  // Part of `host_template`; null if the port is open without a service.
  const std::shared_ptr<const ServiceSpec>* service = nullptr;
  SeqNumber visitor_isn, isn;
  std::uint32_t visitor_timestamp = 0;  // if the SYN has one
  bool offers_ecn = false;              // RFC 3168 section 6.1.1
  SynAck syn_ack;
  std::string_view visitor_system{};  // see FlowOpened
  Instant sent;                       // the last SYN/ACK that time caused
  std::uint8_t retransmissions = 0;   // that time caused
  std::uint8_t syns = 1;              // received and answered
};

/// The beginning of a connection that the host opens: the SYN, which is not sent yet.
struct ActiveStart {
  Pinned<HostTemplate> host_template;
  const ConnectRequest& request;
  TcpReply syn;
  std::uint32_t timestamp_offset = 0;
};

}  // namespace apiary

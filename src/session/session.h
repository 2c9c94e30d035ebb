/// session/: the messages between engine and services, independent of both. The engine leaves
/// ServiceCommands in its Outbox; a service answers with ServiceMessages.
///
/// Both directions have backpressure. The engine delivers at most a receive window of bytes that
/// the service has not yet reported as consumed. The service sends no more bytes than it was
/// granted (OpenSession, then GrantOutput).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/address.h"
#include "base/bytes.h"
#include "session/service_spec.h"
#include "session/session_id.h"

namespace apiary {

/// Start the service of a conversation. The views are valid while the command is carried out.
struct OpenSession {
  SessionId session;
  FlowKey flow;
  std::shared_ptr<const ServiceSpec> service;
  std::string_view personality;       // for HONEYD_PERSONALITY
  std::string_view template_name;     // for HONEYD_TEMPLATE_NAME
  std::string_view host_name{};       // for APIARY_HOST_NAME and $name; empty: the host has none
  std::string_view interface {};      // by which the visitor came, for HONEYD_INTERFACE
  std::string_view visitor_system{};  // for HONEYD_REMOTE_OS; empty: unknown
  std::size_t output_allowance_bytes = 0;
  ServicePrivileges privileges{};  // of a program
};

/// The most that an IPv4 datagram of UDP carries.
inline constexpr std::size_t datagram_limit_bytes = 65'507;

/// Hand bytes from the visitor to the service; over UDP they are one datagram. Valid while the
/// command is carried out.
struct DeliverInput {
  SessionId session;
  Bytes bytes;
};

/// The visitor will send no more (TCP FIN): the service's input ends, its output may go on.
struct EndInput {
  SessionId session;
};

/// The service may send `bytes` more.
struct GrantOutput {
  SessionId session;
  std::size_t bytes = 0;
};

/// The conversation is over: end the service, answer nothing more about it.
struct CloseSession {
  SessionId session;
};

using ServiceCommand = std::variant<OpenSession, DeliverInput, EndInput, GrantOutput, CloseSession>;

/// Bytes for the visitor; over UDP they are one datagram. Valid during the call that passes them.
struct ServiceOutput {
  SessionId session;
  Bytes bytes;
};

/// The service has taken `bytes` more of what was delivered to it.
struct InputConsumed {
  SessionId session;
  std::size_t bytes = 0;
};

/// The service will send no more (it closed its output or exited): the conversation ends in order.
struct OutputEnded {
  SessionId session;
};

/// The service could not be started or reached: the session is over, no CloseSession follows, and
/// the conversation is reset.
struct ServiceFailed {
  SessionId session;
};

using ServiceMessage = std::variant<ServiceOutput, InputConsumed, OutputEnded, ServiceFailed>;

}  // namespace apiary

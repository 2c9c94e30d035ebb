/// session/: the messages between engine and services, independent of both. The engine puts
/// ServiceCommands into its Outbox; a service answers with ServiceMessages.
///
/// Both directions have backpressure. The engine delivers at most a receive window of bytes that
/// the service has not yet reported as consumed. The service sends at most the bytes that
/// OpenSession and then GrantOutput allow.
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

/// Starts the service of a conversation, or tells the service that a connection of its own is open.
/// The views are valid while the command is executed.
struct OpenSession {
  SessionId session;
  FlowKey flow;
  std::shared_ptr<const ServiceSpec> service;
  std::string_view personality;       // for HONEYD_PERSONALITY
  std::string_view template_name;     // for HONEYD_TEMPLATE_NAME
  std::string_view host_name{};       // for APIARY_HOST_NAME and $name; empty: the host has none
  std::string_view interface {};      // that received the visitor's packets, for HONEYD_INTERFACE
  std::string_view visitor_system{};  // for HONEYD_REMOTE_OS; empty: unknown
  std::size_t output_allowance_bytes = 0;
  ServicePrivileges privileges{};  // of a program
  std::uint64_t request = 0;       // of the ConnectRequest that it answers; 0: a visitor began it
};

/// The largest payload of UDP over IPv4.
inline constexpr std::size_t datagram_limit_bytes = 65'507;

/// Delivers bytes of the visitor to the service; over UDP, one datagram. Valid while the command is
/// executed.
struct DeliverInput {
  SessionId session;
  Bytes bytes;
};

/// The visitor sends no more (TCP FIN). The service's input ends; it may still send output.
struct EndInput {
  SessionId session;
};

/// Allows the service to send `bytes` more.
struct GrantOutput {
  SessionId session;
  std::size_t bytes = 0;
};

/// The conversation has ended. Ends the service; no more messages of this session follow.
struct CloseSession {
  SessionId session;
};

/// A server asks for a TCP connection of its host, or for a UDP flow, to another machine:
/// `flow.local` is the host, `flow.remote` the machine. The answer is OpenSession or
/// ConnectionFailed.
struct ConnectRequest {
  std::uint64_t number = 0;  // of the request; the service counts them from 1
  FlowKey flow;
  std::shared_ptr<const ServiceSpec> service;
};

/// Why a connection was not opened.
enum class ConnectFailure : std::uint8_t {
  refused,      // the machine reset it, or reported that the port is closed
  unreachable,  // no route, no neighbour, or an ICMP error
  timed_out,    // no answer
  in_use,       // the host has a conversation between the same endpoints
};
/// "refused", for people.
std::string_view describe(ConnectFailure failure);

/// No connection was opened. Answers a ConnectRequest.
struct ConnectionFailed {
  std::uint64_t request = 0;
  ConnectFailure why = ConnectFailure::refused;
};

using ServiceCommand =
    std::variant<OpenSession, DeliverInput, EndInput, GrantOutput, CloseSession, ConnectionFailed>;

/// Bytes for the visitor; over UDP, one datagram. Valid during the call that passes them.
struct ServiceOutput {
  SessionId session;
  Bytes bytes;
};

/// The service has read `bytes` more of its input.
struct InputConsumed {
  SessionId session;
  std::size_t bytes = 0;
};

/// The service sends no more: it closed its output or exited. The conversation ends in order.
struct OutputEnded {
  SessionId session;
};

/// The service did not start, or a proxy did not reach its target. The session has ended without a
/// CloseSession; the engine resets the conversation.
struct ServiceFailed {
  SessionId session;
};

using ServiceMessage = std::variant<ServiceOutput, InputConsumed, OutputEnded, ServiceFailed>;

}  // namespace apiary

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/address.h"
#include "sandbox/egress_gate.h"
#include "sandbox/sandbox_view.h"
#include "sandbox/spawner_reply.h"
#include "sandbox/visitor_socket.h"
#include "session/service_spec.h"

/// The messages between the daemon, its spawner and the sandboxes, over SOCK_SEQPACKET pairs: one
/// message is one packet. The spawner passes the requests about a program on to its sandbox.
namespace apiary {

/// Whether a program is a subsystem: a server with a network of its own, which runs until it is
/// asked to end.
struct ServerSetup {
  bool is_server = false;
  bool has_host = false;
  IpAddress host{};  // the first of its virtual hosts, if has_host
};

/// A program to start. With it travel three descriptors, its stdin, stdout and stderr.
struct ProgramRequest {
  ProcessNumber process;
  std::vector<std::string> arguments;    // the program's name first
  std::vector<std::string> environment;  // NAME=value
  std::string host_name{};               // of the virtual host; empty: localhost
  ServicePrivileges privileges{};
  ServerSetup server{};
  EgressList egress{};  // of a server
};

/// An answer to an OutboundRequest of a server.
struct OutboundAnswerRequest {
  ProcessNumber process;
  std::uint64_t number = 0;  // of the OutboundRequest
  OutboundAnswer answer = OutboundAnswer::refuse;
};

/// A socket of a visitor in the network of a subsystem. The answer is `socket` with its descriptor,
/// or `socket` with an errno.
struct SocketRequest {
  ProcessNumber process;
  std::uint64_t number = 0;  // of the request
  VisitorSocketRequest socket{};
};

/// Limits and an egress list for a server that runs. The spawner changes the limits of its
/// processes, and its sandbox the others. What fails is reported by `not_changed`.
struct ChangeRequest {
  ProcessNumber process;
  ServicePrivileges privileges{};
  EgressList egress{};
};

/// Ends the program and the processes that it forked: by SIGTERM, and after a second by SIGKILL.
struct EndRequest {
  ProcessNumber process;
};

/// The longest request; a longer one is not sent.
inline constexpr std::size_t spawner_request_limit_bytes = 65536;

/// The packet of a request.
std::vector<std::uint8_t> encode(const ProgramRequest& request);
std::vector<std::uint8_t> encode(const EndRequest& request);
std::vector<std::uint8_t> encode(const ChangeRequest& request);
std::vector<std::uint8_t> encode(const SocketRequest& request);
std::vector<std::uint8_t> encode(const OutboundAnswerRequest& request);
/// For the spawner alone: sandboxes made from now on have this view.
std::vector<std::uint8_t> encode(const SandboxView& view);

enum class RequestKind : std::uint32_t { start, end, view, socket, outbound, change };

/// The request in a packet. The pointers are into the packet, ready for execve.
struct DecodedRequest {
  RequestKind kind = RequestKind::start;
  ProcessNumber process;
  const char* host_name = "";
  ServicePrivileges privileges{};
  ServerSetup server{};
  EgressList egress{};
  std::uint64_t number = 0;                        // of `socket` and `outbound`
  VisitorSocketRequest socket{};                   // of `socket`
  OutboundAnswer answer = OutboundAnswer::refuse;  // of `outbound`
  std::vector<char*> arguments, environment;       // of `start`; each ends with a null pointer
  SandboxView view{};                              // of `view`
};
/// Nothing when the packet is malformed.
std::optional<DecodedRequest> decode_request(std::span<char> packet);

}  // namespace apiary

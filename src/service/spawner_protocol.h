#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "session/service_spec.h"

/// The messages between the daemon and its spawner, over a SOCK_SEQPACKET pair: one message per
/// packet.
namespace apiary {

/// A requested process; the daemon counts them and never reuses a number.
struct ProcessNumber {
  std::uint64_t value = 0;
  bool operator==(const ProcessNumber&) const = default;
};

/// A program to start. The packet carries three descriptors: stdin, stdout and stderr.
struct ProgramRequest {
  ProcessNumber process;
  std::vector<std::string> arguments;    // the program's name first
  std::vector<std::string> environment;  // NAME=value
  ServicePrivileges rights{};
};

/// Ends a process group: with SIGTERM, and after a second with SIGKILL.
struct EndRequest {
  ProcessNumber process;
};

/// The longest request; longer ones are not sent.
inline constexpr std::size_t spawner_request_limit_bytes = 65536;

/// Encodes a request.
std::vector<std::uint8_t> encode(const ProgramRequest& request);
std::vector<std::uint8_t> encode(const EndRequest& request);

/// A decoded request. The pointers point into the packet, ready for execve().
struct DecodedRequest {
  ProcessNumber process;
  bool is_end = false;
  ServicePrivileges rights{};
  std::vector<char*> arguments, environment;  // each ends with a null pointer
};
/// Returns nothing if the packet is malformed.
std::optional<DecodedRequest> decode_request(std::span<char> packet);

/// The steps of a start.
enum class StartStep : std::uint32_t { request, fork, directory, user, limits, program };
/// The failure of a step: "cannot change to the configuration's directory".
std::string_view describe(StartStep step);

/// The spawner's reports. `started` is followed by `exited` if the process ends unasked, or by
/// `ended` if the daemon asked it to end and nothing else killed it. `gone` follows once the daemon
/// asked it to end and its whole group has. Nothing follows `failed`.
enum class ReplyKind : std::uint32_t { started, failed, exited, ended, gone };

struct SpawnerReply {
  ProcessNumber process;
  ReplyKind kind = ReplyKind::started;
  StartStep step = StartStep::program;  // of `failed`
  // The process id of `started`, errno of `failed`, wait status of `exited` and `ended`.
  std::int32_t value = 0;
};

}  // namespace apiary

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

/// What the daemon and its spawner say to each other, over a SOCK_SEQPACKET pair: one message is
/// one packet.
namespace apiary {

/// A process that was asked for; counted by the daemon, never used twice.
struct ProcessNumber {
  std::uint64_t value = 0;
  bool operator==(const ProcessNumber&) const = default;
};

/// A program to start. With it travel three descriptors, its stdin, stdout and stderr.
struct ProgramRequest {
  ProcessNumber process;
  std::vector<std::string> arguments;    // the program's name first
  std::vector<std::string> environment;  // NAME=value
  ServicePrivileges rights{};
};

/// The process group is to end: by SIGTERM, and by SIGKILL what is left of it after a second.
struct EndRequest {
  ProcessNumber process;
};

/// The longest request; a longer one is not sent.
inline constexpr std::size_t spawner_request_limit_bytes = 65536;

/// The packet of a request.
std::vector<std::uint8_t> encode(const ProgramRequest& request);
std::vector<std::uint8_t> encode(const EndRequest& request);

/// What a packet asks for. The pointers are into the packet, ready for execve.
struct DecodedRequest {
  ProcessNumber process;
  bool is_end = false;
  ServicePrivileges rights{};
  std::vector<char*> arguments, environment;  // each ends with a null pointer
};
/// Nothing when the packet is malformed.
std::optional<DecodedRequest> decode_request(std::span<char> packet);

/// How far a start came.
enum class StartStep : std::uint32_t { request, fork, directory, user, limits, program };
/// "cannot change to the configuration's directory".
std::string_view describe(StartStep step);

/// The spawner's answers. After `started` comes `exited`, if the process ends by itself, or
/// `ended`, if it was asked to end before it had and nobody else killed it; and in any case `gone`,
/// when it was asked to end and all of its group has. After `failed` comes nothing.
enum class ReplyKind : std::uint32_t { started, failed, exited, ended, gone };

struct SpawnerReply {
  ProcessNumber process;
  ReplyKind kind = ReplyKind::started;
  StartStep step = StartStep::program;  // of `failed`
  // The process id of `started`, errno of `failed`, wait status of `exited` and `ended`.
  std::int32_t value = 0;
};

}  // namespace apiary

#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "sandbox/listening_sockets.h"
#include "session/service_note.h"
#include "session/service_spec.h"

/// What the spawner and the sandboxes answer to the requests of program_protocol.h.
namespace apiary {

/// A process that was asked for; counted by the daemon, never used twice.
struct ProcessNumber {
  std::uint64_t value = 0;
  bool operator==(const ProcessNumber&) const = default;
};

/// The step of a start that failed.
enum class StartStep : std::uint32_t { request, fork, sandbox, directory, user, limits, program };
/// "cannot change to the configuration's directory".
std::string_view describe(StartStep step);

/// The answers. After `started` comes `exited`, if the program ends by itself, or `ended`, if it
/// ended because of an `end` request. `gone` follows in any case, when the program was asked to end
/// and all of its processes have ended. Before `exited` or `ended` come any number of `attempted`,
/// then `left`, one for each file, with a descriptor to read it, and one for all that are left out.
/// Nothing follows `failed`. A sandbox sends `gone` as soon as it can take another program.
///
/// Of a subsystem there are also `port`, for each port that it begins or ceases to listen on, and
/// `socket`, and `outbound`, for each connection that it begins, and `not_changed`. It has exited
/// when all of its processes have.
enum class ReplyKind : std::uint32_t {
  started,
  attempted,
  failed,
  left,
  exited,
  ended,
  gone,
  port,
  socket,
  outbound,
  not_changed
};

struct SpawnerReply {
  ProcessNumber process{};
  ReplyKind kind = ReplyKind::started;
  StartStep step = StartStep::program;  // of `failed`
  std::int32_t value =
      0;  // errno of `failed` and `not_changed`, wait status of `exited` and `ended`
  ServiceLimit limit = ServiceLimit::none;  // that it was killed for
  std::uint32_t cpu_milliseconds = 0;       // used by it and by what it waited for
  std::uint32_t memory_kib = 0;             // the most that one of these had
  // What was tried: the system call of `attempted`, for `failed` in words. Ends with a zero.
  std::array<char, 96> detail{};
  Endpoint target{};  // of `attempted`, if has_target
  bool has_target = false;
  PortChange port{};         // of `port`
  FlowKey flow{};            // of `outbound`, whose number is `number`
  std::uint64_t number = 0;  // of the request that `socket` answers; its `value` is an errno, or 0
  AttemptKind attempt = AttemptKind::call;
  // The file of `attempted` or `left`; empty: none. Ends with a zero.
  std::array<char, 512> path{};
  std::uint64_t count = 0;  // of `left`: the bytes of the file; without a path, files left out
  Sha256 hash{};            // of `left`, if has_hash
  bool has_hash = false;

  void set_detail(std::string_view text);  // cut if too long
  void set_path(std::string_view text);    // cut at its front if too long
};

/// Sends `reply` over a Unix socket, with `descriptor` unless that is -1. A file that is left goes
/// without its descriptor if too many are on their way to this user (ETOOMANYREFS, unix(7)).
/// Ignores a receiver that is gone: its end is noticed elsewhere.
void send_reply(int socket, const SpawnerReply& reply, int descriptor = -1);

}  // namespace apiary

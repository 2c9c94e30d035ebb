// What conversations cost at least if small processes start their programs.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "posix/pass_descriptors.h"

namespace apiary {
namespace {

struct SocketPair {
  FileDescriptor ours, theirs;

  explicit SocketPair(int type) {
    std::array<int, 2> pair{-1, -1};
    if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair.data()) != 0) return;
    ours = FileDescriptor(pair[0]);
    theirs = FileDescriptor(pair[1]);
  }
};

void start_cat(const std::array<int, 3>& streams) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int i = 0; i < 3; ++i)
    posix_spawn_file_actions_adddup2(&actions, streams[static_cast<std::size_t>(i)], i);
  char name[] = "cat";
  char* const arguments[] = {name, nullptr};
  pid_t process = 0;
  posix_spawnp(&process, name, &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
}

/// Receives the streams of programs. The last of `relays` starts them; another passes them on.
[[noreturn]] void relay(FileDescriptor socket, std::int64_t relays) {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  signal(SIGCHLD, SIG_IGN);
  SocketPair next(SOCK_SEQPACKET);
  if (relays > 1 && fork() == 0) relay(std::move(next.theirs), relays - 1);
  next.theirs.close();
  std::array<std::byte, 512> packet{};
  for (;;) {
    const auto [size, streams] = receive_with_descriptors(socket.get(), packet);
    if (size <= 0 || streams.size() != 3) _exit(0);
    const std::array<int, 3> numbers{streams[0].get(), streams[1].get(), streams[2].get()};
    if (relays > 1)
      send_with_descriptors(next.ours.get(), packet, numbers);
    else
      start_cat(numbers);
  }
}

/// A line through `cat`, one after another: its streams are made and passed through as many
/// processes as the argument says; 0: this one starts it. Nothing is reported, limited or isolated.
void relayed_spawn(benchmark::State& state) {
  SocketPair first(SOCK_SEQPACKET);
  const std::int64_t relays = state.range(0);
  if (relays > 0 && fork() == 0) relay(std::move(first.theirs), relays);
  signal(SIGCHLD, SIG_IGN);
  const std::array<std::byte, 512> packet{};
  for (auto _ : state) {
    SocketPair input(SOCK_STREAM), output(SOCK_STREAM);
    std::array<int, 2> errors{};
    if (pipe2(errors.data(), O_CLOEXEC) != 0) return state.SkipWithError("no pipe");
    const FileDescriptor errors_reading(errors[0]);
    FileDescriptor errors_writing(errors[1]);
    const std::array<int, 3> numbers{input.theirs.get(), output.theirs.get(), errors[1]};
    if (relays > 0)
      send_with_descriptors(first.ours.get(), packet, numbers);
    else
      start_cat(numbers);
    input.theirs.close(), output.theirs.close(), errors_writing.close();
    std::array<char, 64> line{};
    if (write(input.ours.get(), "a line\n", 7) != 7) return state.SkipWithError("no write");
    shutdown(input.ours.get(), SHUT_WR);
    while (read(output.ours.get(), line.data(), line.size()) > 0) {
    }
  }
  signal(SIGCHLD, SIG_DFL);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(relayed_spawn)->ArgName("relays")->DenseRange(0, 2)->UseRealTime();

}  // namespace
}  // namespace apiary

#include <benchmark/benchmark.h>
#include <event2/event.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "service/service_runner.h"

namespace apiary {
namespace {

class NoLog final : public ServiceLog {
  void on_note(const ServiceNote&) override {}
};

/// A runner, and the engine's reaction to its messages.
struct Bench {
  event_base* events;
  NoLog log;
  ServiceRunner runner;
  std::uint64_t last_session = 0, ended = 0, output_bytes = 0;

  explicit Bench(Spawner spawner)
      : events(event_base_new()), runner(events, std::move(spawner), {}, log) {}

  SessionId open(const std::shared_ptr<const ServiceSpec>& service) {
    const SessionId session{++last_session};
    execute(OpenSession{.session = session, .service = service, .output_allowance_bytes = 262'144});
    return session;
  }
  void execute(ServiceCommand command) { runner.execute({&command, 1}); }
  void turn() {
    event_base_loop(events, EVLOOP_ONCE);
    for (const ServiceMessage& message : runner.take_messages()) {
      if (const auto* output = std::get_if<ServiceOutput>(&message)) {
        output_bytes += output->bytes.size();
        execute(GrantOutput{output->session, output->bytes.size()});
      } else if (const auto* end = std::get_if<OutputEnded>(&message)) {
        ++ended;
        execute(CloseSession{end->session});
      }
    }
  }
};

/// What the sessions below are measured against: posix_spawn(3) of `cat`. The argument: how many
/// run at the same time.
void plain_spawn(benchmark::State& state) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  char name[] = "cat";
  char* const arguments[] = {name, nullptr};
  std::int64_t running = 0;
  const auto wait_for_one = [&running] {
    int status = 0;
    --running;
    return waitpid(-1, &status, 0) > 0 && status == 0;
  };
  for (auto _ : state) {
    pid_t process = 0;
    if (posix_spawnp(&process, name, &actions, nullptr, arguments, environ) != 0)
      return state.SkipWithError("cat does not start");
    if (++running >= state.range(0) && !wait_for_one())
      return state.SkipWithError("cat does not run");
  }
  while (running > 0) wait_for_one();
  posix_spawn_file_actions_destroy(&actions);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(plain_spawn)->ArgName("together")->Arg(1)->Arg(8)->Arg(32)->UseRealTime();

/// Sessions of `cat`, from the opening to the end of their output. The arguments: how many run at
/// the same time, and whether in sandboxes.
void sessions(benchmark::State& state) {
  auto spawner =
      Spawner::start({.contain = state.range(1) != 0 ? ContainMode::required : ContainMode::off});
  if (!spawner) return state.SkipWithError("no spawner");
  Bench bench(std::move(*spawner));
  const auto cat = std::make_shared<const ServiceSpec>(Script{"cat"});
  for (auto _ : state) {
    const SessionId session = bench.open(cat);
    bench.execute(DeliverInput{session, as_bytes("a line\n")});
    bench.execute(EndInput{session});
    while (bench.last_session - bench.ended >= static_cast<std::uint64_t>(state.range(0)))
      bench.turn();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sessions)
    ->ArgNames({"together", "sandboxed"})
    ->ArgsProduct({{1, 8, 32}, {1, 0}})
    ->UseRealTime();

/// The output of one process, whose allowance is renewed as it arrives.
void output_stream(benchmark::State& state) {
  auto spawner = Spawner::start({});
  if (!spawner) return state.SkipWithError("no spawner");
  Bench bench(std::move(*spawner));
  bench.open(std::make_shared<const ServiceSpec>(Script{"cat /dev/zero"}));
  for (auto _ : state) bench.turn();
  state.SetBytesProcessed(static_cast<std::int64_t>(bench.output_bytes));
}
BENCHMARK(output_stream)->UseRealTime();

}  // namespace
}  // namespace apiary

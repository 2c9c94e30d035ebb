#include <benchmark/benchmark.h>

#include "personality/personality.h"
#include "personality/shape.h"

namespace apiary {
namespace {

constexpr Instant start{seconds{1'790'000'000}};

TcpSegment syn_with(const TcpOptionBytes& options) {
  TcpSegment segment;
  segment.flags = tcp_flag::syn;
  segment.window = 64240;
  segment.options = options.bytes();
  return segment;
}

TcpOptionBytes usual_options() {
  TcpOptionBytes options;
  options.put_mss(1460);
  options.put_sack_permitted();
  options.put_timestamps({.value = 1, .echo_reply = 0});
  options.put_nop();
  options.put_window_scale(7);
  return options;
}

void answers_a_syn(benchmark::State& state) {
  const Personality personality = generic_personality();
  StackState stack(personality, 1, start);
  const TcpOptionBytes options = usual_options();
  const TcpSegment syn = syn_with(options);
  Instant now = start;
  for (auto _ : state) {
    now += microseconds{10};
    benchmark::DoNotOptimize(answer_syn(personality, stack, syn, now));
  }
}
BENCHMARK(answers_a_syn);

void answers_at_a_closed_port(benchmark::State& state) {
  const Personality personality = generic_personality();
  StackState stack(personality, 1, start);
  const TcpOptionBytes options = usual_options();
  const TcpSegment syn = syn_with(options);
  for (auto _ : state)
    benchmark::DoNotOptimize(answer_stray(personality, stack, syn, PortState::closed, start));
}
BENCHMARK(answers_at_a_closed_port);

void answers_an_echo(benchmark::State& state) {
  const Personality personality = generic_personality();
  StackState stack(personality, 1, start);
  for (auto _ : state)
    benchmark::DoNotOptimize(answer_echo(personality, stack, IpDatagram{}, IcmpMessage{}, start));
}
BENCHMARK(answers_an_echo);

void makes_the_state_of_a_host(benchmark::State& state) {
  const Personality personality = generic_personality();
  std::uint64_t host = 0;
  for (auto _ : state) benchmark::DoNotOptimize(StackState(personality, ++host, start));
}
BENCHMARK(makes_the_state_of_a_host);

}  // namespace
}  // namespace apiary

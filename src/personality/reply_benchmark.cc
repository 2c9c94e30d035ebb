#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "base/random.h"
#include "personality/personality.h"
#include "personality/reply.h"

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

/// The reply to a SYN in a daemon without personalities, which has a single system.
SynAck answer_without_personality(const TcpSegment& syn, std::uint64_t& secret) {
  const TcpOptions offered = parse_tcp_options(syn.options);
  SynAck answer;
  TcpReply& reply = answer.reply;
  reply.ip.dont_fragment = true;
  reply.sequence = {static_cast<std::uint32_t>(mix_bits(++secret))};
  reply.acknowledgment = syn.sequence + 1;
  reply.flags = tcp_flag::syn | tcp_flag::ack;
  reply.window = 64240;
  reply.options.put_mss(1460);
  NegotiatedOptions& negotiated = answer.negotiated;
  negotiated.send_mss = offered.mss.value_or(536);
  if (offered.sack_permitted) {
    reply.options.put_nop();
    reply.options.put_nop();
    reply.options.put_sack_permitted();
    negotiated.sack = true;
  }
  if (offered.window_scale) {
    reply.options.put_nop();
    reply.options.put_window_scale(7);
    negotiated.window_scaling = true;
    negotiated.send_window_shift = *offered.window_scale;
    negotiated.receive_window_shift = 7;
  }
  return answer;
}

/// Replies to SYNs alternately with and without a personality. `over_ns` is the extra cost, the
/// median of many rounds.
void answers_a_syn(benchmark::State& state) {
  using Clock = std::chrono::steady_clock;
  constexpr int turn = 1000;
  const Personality personality = generic_personality();
  StackState stack(personality, 1, start);
  const TcpOptionBytes options = usual_options();
  TcpSegment syn = syn_with(options);
  Instant now = start;
  std::uint64_t secret = 1;
  std::vector<double> with, without;
  for (auto _ : state) {
    const auto begin = Clock::now();
    for (int i = 0; i < turn; ++i) {
      now += microseconds{10};
      benchmark::DoNotOptimize(answer_syn(personality, stack, syn, now));
    }
    const auto middle = Clock::now();
    for (int i = 0; i < turn; ++i) {
      benchmark::DoNotOptimize(syn);
      benchmark::DoNotOptimize(answer_without_personality(syn, secret));
    }
    const auto end = Clock::now();
    with.push_back(std::chrono::duration<double, std::nano>(middle - begin).count() / turn);
    without.push_back(std::chrono::duration<double, std::nano>(end - middle).count() / turn);
  }
  const auto median = [](std::vector<double>& times) {
    std::ranges::sort(times);
    return times[times.size() / 2];
  };
  state.counters["with_ns"] = median(with);
  state.counters["without_ns"] = median(without);
  state.counters["over_ns"] = median(with) - median(without);
}
BENCHMARK(answers_a_syn)->Unit(benchmark::kMicrosecond);

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

// The cost of identifying a system by a SYN: its shape and the comparison with signatures.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "passive/signature_database.h"

namespace apiary {
namespace {

using Raw = std::vector<std::uint8_t>;

const Raw of_linux = {2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7};

void match_syns(benchmark::State& state, const SignatureDatabase& database, const Raw& options) {
  const IpDatagram datagram{.source = IpAddress::v4(192, 0, 2, 1),
                            .hop_limit = 60,
                            .identification = 7,
                            .dont_fragment = true};
  const TcpSegment syn{
      .sequence = {1}, .flags = tcp_flag::syn, .window = 64'240, .options = options};
  for (auto _ : state) benchmark::DoNotOptimize(database.match(shape_of(datagram, syn)));
}

/// The installed p0f's signatures, and a SYN of a current Linux, which matches a generic one.
void MatchLinux(benchmark::State& state) {
  std::ifstream file("/etc/p0f/p0f.fp");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  match_syns(state, SignatureDatabase::parse(text), of_linux);
}
BENCHMARK(MatchLinux);

/// A SYN without options, as in floods.
void MatchFlood(benchmark::State& state) {
  std::ifstream file("/etc/p0f/p0f.fp");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  match_syns(state, SignatureDatabase::parse(text), {});
}
BENCHMARK(MatchFlood);

/// The most signatures with the same options that a database takes; none matches.
void MatchWorst(benchmark::State& state) {
  std::string text = "[tcp:request]\nlabel = s:hive:Hive:\n";
  for (std::size_t i = 0; i < SignatureDatabase::max_same_layout; ++i)
    text += fmt::format("sig = *:64:0:*:{},*:mss,sok,ts,nop,ws:df,id+:0\n", i + 1);
  match_syns(state, SignatureDatabase::parse(text), of_linux);
}
BENCHMARK(MatchWorst);

}  // namespace
}  // namespace apiary

#include "cli/replay.h"

#include <fmt/format.h>

#include <optional>

#include "device/capture_file.h"
#include "engine/engine.h"
#include "posix/system_error.h"
#include "setup/active_config_text.h"
#include "setup/claim.h"
#include "setup/host_key.h"
#include "wire/describe.h"

namespace apiary {
namespace {

/// The link-layer address of the replaying engine (locally administered).
constexpr MacAddress replay_mac{{0x02, 0x61, 0x70, 0x69, 0x61, 0x72}};
/// Timers run this long after the last frame: the longest latency and a few retransmissions.
constexpr Duration after_the_end = seconds{10};

class Replay {
 public:
  Replay(Engine& engine, CaptureReader& reader, std::optional<CaptureWriter>& writer)
      : engine_(engine), reader_(reader), writer_(writer) {}

  /// Error: the capture is damaged; the frames before that have been replayed.
  tl::expected<void, SystemError> run() {
    for (;;) {
      const auto captured = reader_.next();
      if (!captured) return tl::unexpected(captured.error());
      if (!*captured) break;
      const Instant at = std::max((*captured)->at, now_);  // a capture may step back a little
      let_time_pass(at);
      print('<', at, (*captured)->frame.bytes);
      engine_.on_frame(at, {}, (*captured)->frame, out_);
      let_time_pass(at);
    }
    let_time_pass(now_ + after_the_end);
    return {};
  }

 private:
  void let_time_pass(Instant until) {
    if (began_ == Instant{}) began_ = until;
    while (engine_.next_deadline() <= until) {
      now_ = std::max(now_, engine_.next_deadline());
      engine_.on_time(now_, out_);
      send();
    }
    now_ = std::max(now_, until);
    send();
  }

  void send() {
    for (const Packet& packet : out_.packets) {
      print('>', now_, packet.bytes());
      if (writer_) writer_->write(now_, packet.bytes());
    }
    out_.clear();
  }

  void print(char direction, Instant at, Bytes frame) const {
    fmt::print("{:12.6f} {} {}\n", in_seconds(at - began_), direction,
               describe_frame(frame, reader_.link_layer()));
  }

  Engine& engine_;
  CaptureReader& reader_;
  std::optional<CaptureWriter>& writer_;
  Outbox out_;
  Instant now_{}, began_{};
};

}  // namespace

int run_replay(const ReplayOptions& options) {
  auto loaded = build_file({options.configuration, options.personalities, {.spoofing = true}});
  if (!loaded) return fail(loaded.error());
  fmt::print(stderr, "{}", loaded->remarks);
  auto nets = parse_nets(options.nets);
  if (!nets) return fail(nets.error());
  auto reader = CaptureReader::open(options.input);
  if (!reader) return fail(to_string(reader.error()));
  std::optional<CaptureWriter> writer;
  if (!options.output.empty()) {
    auto created = CaptureWriter::create(options.output, reader->link_layer());
    if (!created) return fail(to_string(created.error()));
    writer.emplace(std::move(*created));
  }

  const Configuration& configuration = loaded->configuration;
  Engine engine(configuration.honeynet,
                {.interfaces = {{reader->link_layer(), replay_mac}},
                 .claimed = options.nets.empty() ? configuration.addresses : *nets,
                 .arp = ArpMode::force,  // a capture has no neighbour to ask
                 .host_key = make_host_key(options.key),
                 .seed = options.seed});
  if (auto replayed = Replay(engine, *reader, writer).run(); !replayed)
    return fail(to_string(replayed.error()));
  if (writer)
    if (auto finished = writer->finish(); !finished) return fail(to_string(finished.error()));
  return 0;
}

}  // namespace apiary

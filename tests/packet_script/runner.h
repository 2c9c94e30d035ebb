#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "build_packet.h"
#include "engine/engine.h"
#include "flow.h"
#include "honeynet/honeynet.h"
#include "script.h"

namespace apiary::script {

/// Runs a script against an engine of its own, with a clock that only the script's times move.
class Runner {
 public:
  Runner(const Script& script, std::shared_ptr<const Honeynet> honeynet);

  /// Runs all steps. Error: a message with the step's line and both packets.
  tl::expected<void, std::string> run();

 private:
  struct SentPacket {
    Instant at;
    Frame frame;
  };
  using Problem = std::optional<std::string>;  // what went wrong, if anything

  Problem perform(const Step& step);
  Problem inject(const PacketPattern& pattern);
  Problem expect_packet(const PacketPattern& pattern, Instant earliest, Instant latest);
  Problem expect_nothing_left();
  Problem expect_dropped(const ExpectDropped& dropped) const;
  Problem serve(const ServiceDoes& does);
  Problem connect(const Flow& flow, IpProtocol protocol);
  Problem expect_asked(const ServiceIsAsked& asked, Instant earliest, Instant latest);
  Problem expect_input(Flow& flow, const StreamText& expected);

  /// Moves the clock to `to` and runs due timers on the way; stops early once `done`.
  void advance(
      Instant to, const std::function<bool()>& done = [] { return false; });
  /// Takes the packets in the engine's outbox.
  void collect();
  void collect(const ServiceCommand& command);
  /// Reassembles the fragments at the front of `sent_`.
  tl::expected<Frame, std::string> take_datagram(std::size_t fragment_bytes);

  void note_numbers(const Frame& frame, Flow& flow) const;
  Flow* find_flow(const PacketPattern& pattern);
  Flow* find_flow(const std::string& name);
  Flow* find_flow(SessionId session);
  std::string describe(const SentPacket& packet, const Flow* flow) const;
  double since_start(Instant at) const { return in_seconds(at - start_); }

  const Script& script_;
  Engine engine_;
  Outbox out_;
  Instant start_, now_;
  std::deque<Flow> flows_;
  std::deque<SentPacket> sent_;  // not yet expected by a step
};

}  // namespace apiary::script

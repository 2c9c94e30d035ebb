#include "runner.h"

#include <fmt/format.h>

#include "base/overloaded.h"
#include "match_packet.h"
#include "wire/decode.h"
#include "wire/describe.h"

namespace apiary::script {
namespace {

// An ordinary date, since systems with clocks near the epoch would look odd.
constexpr Instant script_start{seconds{1'700'000'000}};

}  // namespace

Runner::Runner(const Script& script, std::shared_ptr<const Honeynet> honeynet)
    : script_(script),
      engine_(std::move(honeynet), script.settings),
      start_(script_start),
      now_(script_start) {
  for (const NamedFlow& named : script.flows) {
    flows_.emplace_back();
    flows_.back().named = named;
  }
  engine_.on_time(now_, out_);
  collect();
}

tl::expected<void, std::string> Runner::run() {
  for (const Step& step : script_.steps)
    if (const Problem problem = perform(step))
      return tl::unexpected(fmt::format("line {}: {}\n  script    {}", step.line, *problem,
                                        script_.lines[step.line - 1]));
  if (const Problem problem = expect_nothing_left())
    return tl::unexpected("at the end: " + *problem);
  return {};
}

Runner::Problem Runner::perform(const Step& step) {
  const Instant origin = step.time.relative ? now_ : start_;
  const Instant earliest = origin + step.time.earliest, latest = origin + step.time.latest;
  if (latest < now_) return fmt::format("it is already {:.6f}", since_start(now_));
  return std::visit(overloaded{[&](const InjectPacket& inject_it) -> Problem {
                                 advance(earliest);
                                 return inject(inject_it.packet);
                               },
                               [&](const ExpectPacket& expect) {
                                 return expect_packet(expect.packet, earliest, latest);
                               },
                               [&](const ExpectNoReply&) -> Problem {
                                 advance(latest);
                                 return expect_nothing_left();
                               },
                               [&](const ExpectDropped& dropped) -> Problem {
                                 advance(latest);
                                 return expect_dropped(dropped);
                               },
                               [&](const ServiceDoes& does) -> Problem {
                                 advance(earliest);
                                 return serve(does);
                               },
                               [&](const ServiceIsAsked& asked) {
                                 return expect_asked(asked, earliest, latest);
                               }},
                    step.action);
}

void Runner::advance(Instant to, const std::function<bool()>& done) {
  constexpr int turns_at_once = 100'000;  // an engine that needs more is stuck
  for (int turn = 0; turn < turns_at_once && !done() && engine_.next_deadline() <= to; ++turn) {
    now_ = std::max(now_, engine_.next_deadline());
    engine_.on_time(now_, out_);
    collect();
  }
  if (!done()) now_ = std::max(now_, to);
}

void Runner::collect() {
  for (const Packet& packet : out_.packets) {
    const Bytes bytes = packet.bytes();
    sent_.push_back({now_, {bytes.begin(), bytes.end()}});
  }
  for (const ServiceCommand& command : out_.services) collect(command);
  out_.clear();
}

Runner::Problem Runner::inject(const PacketPattern& pattern) {
  Flow* const flow = find_flow(pattern);
  const auto frames = build_frames(pattern, flow, script_.interface().link_layer);
  if (!frames) return frames.error();
  for (const Frame& frame : *frames) {
    engine_.on_frame(now_, InterfaceId{0}, ReceivedFrame{frame}, out_);
    engine_.on_time(now_, out_);
    collect();
  }
  return {};
}

tl::expected<Frame, std::string> Runner::take_datagram(std::size_t fragment_bytes) {
  Frame whole;
  const std::size_t link_bytes = script_.interface().link_layer == LinkLayer::ethernet ? 14 : 0;
  for (std::size_t offset = 0;; offset += fragment_bytes) {
    if (sent_.empty()) return tl::unexpected(fmt::format("no fragment at {}", offset));
    const Frame frame = sent_.front().frame;
    const auto ip = parse_ip(Bytes(frame).subspan(link_bytes));
    if (!ip) return tl::unexpected(std::string("it is not a datagram"));
    const bool right_size = ip->more_fragments ? ip->payload.size() == fragment_bytes
                                               : ip->payload.size() <= fragment_bytes;
    if (ip->fragment_offset_bytes != offset || !right_size)
      return tl::unexpected(fmt::format("it is not the fragment at {}", offset));
    if (offset == 0)
      whole.assign(frame.begin(), frame.end() - static_cast<std::ptrdiff_t>(ip->payload.size()));
    whole.insert(whole.end(), ip->payload.begin(), ip->payload.end());
    if (!ip->more_fragments) {
      IpDatagram header = *ip;
      header.fragment_offset_bytes = 0;
      const std::size_t header_bytes = link_bytes + ip_header_size_bytes(header);
      emit_ip_header(header, whole.size() - header_bytes, std::span(whole).subspan(link_bytes));
      return whole;
    }
    sent_.pop_front();
  }
}

/// If `frame` is a segment of `flow`, updates the base of its sequence numbers.
void Runner::note_numbers(const Frame& frame, Flow& flow) const {
  const auto decoded = decode_frame(frame, script_.interface().link_layer);
  const auto* datagram = decoded ? std::get_if<IpDatagram>(&decoded->content) : nullptr;
  if (datagram == nullptr || !datagram->is(IpProtocol::tcp) || datagram->is_fragment()) return;
  const auto segment = parse_tcp(datagram->payload);
  const FlowKey& key = flow.named.key;
  if (segment && Endpoint{datagram->source, segment->source_port} == key.local &&
      Endpoint{datagram->destination, segment->destination_port} == key.remote)
    flow.note_sent(*segment);
}

Runner::Problem Runner::expect_packet(const PacketPattern& pattern, Instant earliest,
                                      Instant latest) {
  advance(latest, [&] { return !sent_.empty(); });
  if (sent_.empty()) return fmt::format("nothing was sent until {:.6f}", since_start(latest));
  Flow* const flow = find_flow(pattern);
  const SentPacket packet = sent_.front();
  const auto failure = [&](std::string problem) {
    return fmt::format("{}\n  sent      {:.6f} > {}", problem, since_start(packet.at),
                       describe(packet, flow));
  };
  Frame frame = packet.frame;
  if (pattern.fragment_bytes != 0) {
    auto whole = take_datagram(pattern.fragment_bytes);
    if (!whole) return failure(whole.error());
    frame = std::move(*whole);
  }
  if (flow != nullptr) note_numbers(frame, *flow);
  if (const auto difference = mismatch(pattern, frame, script_.interface().link_layer, flow))
    return failure(*difference);
  if (packet.at < earliest)
    return failure(fmt::format("it was sent {:.6f} s too early", in_seconds(earliest - packet.at)));
  now_ = std::max(now_, packet.at);
  sent_.pop_front();
  return {};
}

Runner::Problem Runner::expect_nothing_left() {
  if (!sent_.empty()) {
    const Flow* const flow = flows_.empty() ? nullptr : &flows_.front();
    return fmt::format("this was sent and no line expects it\n  sent      {:.6f} > {}",
                       since_start(sent_.front().at), describe(sent_.front(), flow));
  }
  for (const Flow& flow : flows_) {
    if (!flow.asked.empty())
      return fmt::format("the service got '{}' at {:.6f}, which no line expects",
                         ask_name(flow.asked.front().ask), since_start(flow.asked.front().at));
    if (!flow.input.empty())
      return fmt::format("the service got {} bytes that no line expects: \"{}\"", flow.input.size(),
                         flow.input.substr(0, 60));
  }
  return {};
}

Runner::Problem Runner::expect_dropped(const ExpectDropped& dropped) const {
  const std::uint64_t count = engine_.counters().of(dropped.reason);
  if (count == dropped.count) return {};
  return fmt::format("dropped as {}: {}", name_of(dropped.reason), count);
}

Flow* Runner::find_flow(const PacketPattern& pattern) {
  if (!pattern.ends) return find_flow(pattern.flow);
  for (Flow& flow : flows_) {
    const FlowKey& key = flow.named.key;
    const PacketPattern::Ends& ends = *pattern.ends;
    if ((ends.source == key.remote && ends.destination == key.local) ||
        (ends.source == key.local && ends.destination == key.remote))
      return &flow;
  }
  return nullptr;
}

Flow* Runner::find_flow(const std::string& name) {
  if (name.empty()) return flows_.empty() ? nullptr : &flows_.front();
  for (Flow& flow : flows_)
    if (flow.named.name == name) return &flow;
  return nullptr;
}

std::string Runner::describe(const SentPacket& packet, const Flow* flow) const {
  DescribeOptions options;
  options.ip_attributes = true;
  if (flow != nullptr) options.sequence_base = flow->our_base();
  return describe_frame(packet.frame, script_.interface().link_layer, options);
}

}  // namespace apiary::script

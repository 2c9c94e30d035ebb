#include "match_tcp.h"

#include <fmt/format.h>

#include "match_payload.h"
#include "wire/describe.h"
#include "wire/tcp.h"

namespace apiary::script {
namespace {

using Mismatch = std::optional<std::string>;

std::string spelled(const TcpOptionPattern& option, std::uint32_t timestamp_before) {
  const auto number = [&](std::size_t i) {
    if (!option.numbers[i]) return std::string("*");
    const bool is_ours = option.is_increment && i == 0;
    return std::to_string(*option.numbers[i] + (is_ours ? timestamp_before : 0));
  };
  if (option.name == "mss" || option.name == "wscale") return option.name + " " + number(0);
  if (option.name == "TS") return fmt::format("TS val {} ecr {}", number(0), number(1));
  if (option.name == "opt")
    return fmt::format("opt {} {:02x}", option.raw[0],
                       fmt::join(option.raw.begin() + 2, option.raw.end(), ""));
  if (option.name == "bad") return fmt::format("bad {:02x}", fmt::join(option.raw, ""));
  std::string text = option.name;
  for (std::size_t i = 0; i + 1 < option.numbers.size(); i += 2)
    text += fmt::format(" {}:{}", number(i), number(i + 1));
  return text;
}

/// Compares options including their order, as it identifies systems.
Mismatch mismatch_options(const TcpPattern& expected, const TcpSegment& actual, const Flow* flow) {
  if (expected.any_options) return {};
  std::string pattern;
  for (const TcpOptionPattern& option : expected.options)
    pattern += (pattern.empty() ? "" : ",") + spelled(option, flow ? flow->timestamp_before : 0);
  if (fits(describe_tcp_options(actual.options), pattern)) return {};
  return "its options differ";
}

Mismatch mismatch_text(const TcpPattern& expected, const TcpSegment& actual, const Flow* flow) {
  const std::string_view text = as_text(actual.payload);
  if (expected.text && text != *expected.text) return fmt::format("it says \"{}\"", text);
  if (text.empty() || expected.text || flow == nullptr || !flow->our_isn) return {};
  const auto offset = static_cast<std::size_t>(actual.sequence.offset_from(*flow->our_isn)) - 1;
  if (offset > flow->output.size() || flow->output.substr(offset, text.size()) != text)
    return "its payload is not the output of the service there";
  return {};
}

}  // namespace

Mismatch mismatch_tcp(const TcpPattern& expected, const PacketPattern::Ends& ends,
                      const IpDatagram& actual, const Flow* flow) {
  const auto tcp = parse_tcp(actual.payload);
  if (!tcp) return fmt::format("it cannot be read: {}", to_string(tcp.error()));
  if (tcp->source_port != ends.source.port || tcp->destination_port != ends.destination.port)
    return "its ports differ";
  if (tcp->flags != expected.flags)
    return fmt::format("its flags are {}", describe_tcp_flags(tcp->flags));
  const SeqNumber base = flow == nullptr ? SeqNumber{} : flow->our_base();
  if ((tcp->sequence - base.value).value != expected.sequence)
    return fmt::format("it starts at {}", (tcp->sequence - base.value).value);
  if (tcp->payload.size() != expected.length)
    return fmt::format("it carries {} bytes", tcp->payload.size());
  if (expected.acknowledgment.value_or(0) != tcp->acknowledgment.value)
    return fmt::format("it acknowledges {}", tcp->acknowledgment.value);
  if (expected.window && tcp->window != *expected.window)
    return fmt::format("its window is {}", tcp->window);
  if (tcp->urgent_pointer != expected.urgent_pointer.value_or(0))
    return fmt::format("its urgent pointer is {}", tcp->urgent_pointer);
  if (tcp->reserved != expected.reserved)
    return fmt::format("its reserved bits are {}", tcp->reserved);
  if (auto difference = mismatch_options(expected, *tcp, flow)) return difference;
  return mismatch_text(expected, *tcp, flow);
}

}  // namespace apiary::script

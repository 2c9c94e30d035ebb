#include <fmt/format.h>

#include "wire/describe.h"
#include "wire/tcp_options.h"

namespace apiary {
namespace {

std::string describe_sack(const TcpOptions& sack, const DescribeOptions& options) {
  std::string text = "sack";
  for (std::size_t i = 0; i < sack.sack_block_count; ++i)
    text +=
        fmt::format(" {}:{}", (sack.sack_blocks[i].start - options.acknowledgment_base.value).value,
                    (sack.sack_blocks[i].end - options.acknowledgment_base.value).value);
  return text;
}

/// One option with a length byte, which is the size of `whole`.
std::string describe_option(Bytes whole, const DescribeOptions& options) {
  const TcpOptions meaning = parse_tcp_options(whole);
  if (meaning.mss) return fmt::format("mss {}", *meaning.mss);
  if (meaning.window_scale) return fmt::format("wscale {}", *meaning.window_scale);
  if (meaning.sack_permitted) return "sackOK";
  if (meaning.timestamps)
    return fmt::format("TS val {} ecr {}", meaning.timestamps->value,
                       meaning.timestamps->echo_reply);
  const bool all_blocks_read = meaning.sack_block_count * 8 + 2 == whole.size();
  if (meaning.sack_block_count > 0 && all_blocks_read) return describe_sack(meaning, options);
  return fmt::format("opt {} {:02x}", whole[0], fmt::join(whole.subspan(2), ""));
}

}  // namespace

std::string describe_tcp_flags(std::uint8_t flags) {
  constexpr std::pair<std::uint8_t, char> letters[] = {
      {tcp_flag::syn, 'S'}, {tcp_flag::fin, 'F'}, {tcp_flag::rst, 'R'}, {tcp_flag::psh, 'P'},
      {tcp_flag::ack, '.'}, {tcp_flag::urg, 'U'}, {tcp_flag::ece, 'E'}, {tcp_flag::cwr, 'W'}};
  std::string text;
  for (const auto& [flag, letter] : letters)
    if ((flags & flag) != 0) text += letter;
  return text.empty() ? "-" : text;
}

std::string describe_tcp_options(Bytes raw, const DescribeOptions& options) {
  std::string text;
  for (Bytes rest = raw; !rest.empty();) {
    if (!text.empty()) text += ",";
    if (rest[0] == tcp_option::end || rest[0] == tcp_option::nop) {
      text += rest[0] == tcp_option::end ? "eol" : "nop";
      rest = rest.subspan(1);
      continue;
    }
    if (rest.size() < 2 || rest[1] < 2 || rest[1] > rest.size())
      return text + fmt::format("bad {:02x}", fmt::join(rest, ""));
    text += describe_option(rest.first(rest[1]), options);
    rest = rest.subspan(rest[1]);
  }
  return text;
}

std::string describe(const TcpSegment& segment, const DescribeOptions& options) {
  const SeqNumber start = segment.sequence - options.sequence_base.value;
  const SeqNumber end = start + static_cast<std::uint32_t>(segment.payload.size());
  std::string text = fmt::format("{} {}:{}({})", describe_tcp_flags(segment.flags), start.value,
                                 end.value, segment.payload.size());
  if (segment.has(tcp_flag::ack) || segment.acknowledgment.value != 0)
    text += fmt::format(" ack {}",
                        segment.has(tcp_flag::ack)
                            ? (segment.acknowledgment - options.acknowledgment_base.value).value
                            : segment.acknowledgment.value);
  text += fmt::format(" win {}", segment.window);
  if (segment.has(tcp_flag::urg) || segment.urgent_pointer != 0)
    text += fmt::format(" urg {}", segment.urgent_pointer);
  if (segment.reserved != 0) text += fmt::format(" reserved {}", segment.reserved);
  if (!segment.options.empty())
    text += fmt::format(" <{}>", describe_tcp_options(segment.options, options));
  return text;
}

}  // namespace apiary

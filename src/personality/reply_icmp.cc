#include <algorithm>

#include "personality/reply.h"

namespace apiary {
namespace {

bool dont_fragment(EchoRule::Fragment rule, bool requested) {
  switch (rule) {
    case EchoRule::Fragment::never:
      return false;
    case EchoRule::Fragment::always:
      return true;
    case EchoRule::Fragment::as_request:
      return requested;
    case EchoRule::Fragment::opposite:
      return !requested;
  }
  return false;
}

std::uint8_t reply_code(const EchoRule& rule, std::uint8_t requested) {
  switch (rule.code) {
    case EchoRule::Code::zero:
      return 0;
    case EchoRule::Code::as_request:
      return requested;
    case EchoRule::Code::constant:
      return rule.constant_code;
    case EchoRule::Code::other:
      break;
  }
  return requested == 0 ? std::uint8_t{0} : static_cast<std::uint8_t>(requested ^ 1);
}

constexpr std::uint64_t wrong_clock_trait = 0x102;  // salt for StackState::trait()

/// Milliseconds since midnight UT (RFC 792), from a slightly inaccurate clock.
std::uint32_t milliseconds_of_day(const StackState& stack, Instant now) {
  constexpr std::int64_t day = 86'400'000;
  const auto since_epoch = now.time_since_epoch() / milliseconds{1};
  const auto wrong = static_cast<std::int64_t>(stack.trait(wrong_clock_trait) % 4001) - 2000;
  return static_cast<std::uint32_t>((since_epoch + wrong + day) % day);
}

std::size_t whole_size(const IpDatagram& datagram) {
  return datagram.whole.empty() ? ip_header_size_bytes(datagram) + datagram.payload.size()
                                : datagram.whole.size();
}

}  // namespace

std::optional<IcmpShape> answer_echo(const Personality& personality, StackState& stack,
                                     const IpDatagram& request, const IcmpMessage& echo,
                                     Instant now) {
  const EchoRule& rule = personality.echo;
  if (!rule.answers) return std::nullopt;
  return IcmpShape{.ip = {.ttl = rule.ttl,
                          .dont_fragment = dont_fragment(rule.dont_fragment, request.dont_fragment),
                          .identification = stack.draw_icmp_id(personality.ip_ids, now)},
                   .type_of_service = request.traffic_class,  // RFC 1122 section 3.2.2.6
                   .code = reply_code(rule, echo.code)};
}

std::optional<IcmpQueryReply> answer_query(const Personality& personality, StackState& stack,
                                           const IpDatagram& request, const IcmpMessage& query,
                                           Instant now) {
  const QueryRules& rules = personality.queries;
  IcmpQueryReply reply;
  if (query.is(IcmpType::timestamp_request) && rules.timestamp && query.payload.size() >= 12) {
    std::ranges::copy(query.payload.first(4), reply.payload.begin());
    const std::uint32_t time = milliseconds_of_day(stack, now);
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t shift = 8 * (rules.swaps_timestamps ? i : 3 - i);
      reply.payload[4 + i] = reply.payload[8 + i] = static_cast<std::uint8_t>(time >> shift);
    }
    reply.payload_size = 12;
  } else if (query.is(IcmpType::information_request) && rules.information) {
    reply.type = IcmpType::information_reply;
  } else if (query.is(IcmpType::mask_request) && rules.mask) {
    reply.type = IcmpType::mask_reply;
    reply.payload = {255, 255, 255, 0};
    reply.payload_size = 4;
  } else {
    return std::nullopt;
  }
  reply.icmp = {
      .ip = {.ttl = personality.echo.ttl,
             .dont_fragment = dont_fragment(personality.echo.dont_fragment, request.dont_fragment),
             .identification = stack.draw_icmp_id(personality.ip_ids, now)},
      .type_of_service = request.traffic_class};
  return reply;
}

std::optional<IcmpErrorShape> answer_closed_udp(const Personality& personality, StackState& stack,
                                                const IpDatagram& offending, Instant now) {
  if (!personality.icmp_error.answers) return std::nullopt;
  IcmpErrorShape shape = shape_icmp_error(personality, stack, offending, now);
  shape.icmp.code = icmp_unreachable::port;
  shape.unused = personality.icmp_error.unused;
  return shape;
}

IcmpErrorShape shape_icmp_error(const Personality& personality, StackState& stack,
                                const IpDatagram& offending, Instant now) {
  const IcmpErrorRule& rule = personality.icmp_error;
  const std::size_t quoted = rule.quoted_bytes;
  constexpr int kept_bits = 0x1e;  // of RFC 1349, as Linux keeps them
  const int kept = personality.quirks.errors_keep_service ? offending.traffic_class & kept_bits : 0;
  return {.icmp = {.ip = {.ttl = rule.ttl,
                          .dont_fragment = rule.dont_fragment,
                          .identification = stack.draw_icmp_id(personality.ip_ids, now)},
                   .type_of_service = static_cast<std::uint8_t>(rule.type_of_service | kept),
                   .code = 0},
          .unused = 0,
          .quoted_bytes = rule.pads_quotation ? quoted : std::min(quoted, whole_size(offending))};
}

}  // namespace apiary

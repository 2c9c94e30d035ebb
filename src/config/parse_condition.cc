#include "config/parse_condition.h"

#include <algorithm>

#include "config/time_values.h"

namespace apiary {
namespace {

using Result = std::optional<Located<Condition>>;

Result parse_source(TokenReader& reader, const Token& first) {
  const bool is_system = reader.accept("os");
  if (!is_system && !reader.accept("ip")) return reader.fail_expected("'os' or 'ip'");
  if (!reader.accept("=")) return reader.fail_expected("'='");
  if (is_system) {
    auto name = reader.quoted("the name of an operating system in quotes");
    if (!name) return {};
    return Located<Condition>{FromSystem{std::move(name->value)}, joined(first.place, name->place)};
  }
  const auto network = reader.network();
  if (!network) return {};
  return Located<Condition>{FromNetwork{network->value}, joined(first.place, network->place)};
}

Result parse_time(TokenReader& reader, const Token& first) {
  if (!reader.accept("between")) return reader.fail_expected("'between'");
  if (reader.at_statement_end() || reader.next().text.empty() || reader.next().text.front() < '0' ||
      reader.next().text.front() > '9')
    return reader.fail_expected("a span of time such as 9:00am - 5:00pm");
  const Located<std::string> text = reader.joined_range({"am", "pm"});
  const auto part = reader.checked(read_day_part(text.value), text.place);
  return Located<Condition>{part->value, joined(first.place, part->place)};
}

}  // namespace

bool at_condition(const TokenReader& reader) {
  constexpr std::string_view words[] = {"source", "time", "proto",    "tcp",
                                        "udp",    "icmp", "otherwise"};
  return reader.next().kind == TokenKind::word &&
         std::find(std::begin(words), std::end(words), reader.next().text) != std::end(words);
}

Result parse_condition(TokenReader& reader) {
  const Token& first = reader.next();
  if (reader.accept("source")) return parse_source(reader, first);
  if (reader.accept("time")) return parse_time(reader, first);
  if (reader.accept("otherwise")) return Located<Condition>{Otherwise{}, first.place};
  const bool says_proto = reader.accept("proto");
  for (const auto& [word, protocol] :
       {std::pair{"tcp", IpProtocol::tcp}, std::pair{"udp", IpProtocol::udp},
        std::pair{"icmp", IpProtocol::icmp}})
    if (reader.accept(word))
      return Located<Condition>{OfProtocol{protocol}, joined(first.place, reader.previous().place)};
  if (says_proto) return reader.fail_expected("'tcp', 'udp' or 'icmp'");
  return reader.fail_expected(
      "a condition: 'source os', 'source ip', 'time between', a protocol or 'otherwise'");
}

}  // namespace apiary

#include "config/parse_route.h"

#include <fmt/format.h>

#include <utility>

namespace apiary {
namespace {

using Content = std::optional<StatementContent>;

Content parse_entry(TokenReader& reader) {
  const auto router = reader.address("the address of a router");
  if (!router) return {};
  if (!reader.accept("network")) return RouteEntry{*router, {IpPrefix{}, router->place}};
  const auto network = reader.network();
  if (!network) return {};
  return RouteEntry{*router, *network};
}

/// Whether the next word says something of a link that this build does not act on; reports it.
bool fails_as_unsupported(TokenReader& reader) {
  for (const std::string_view word : {"bandwidth", "drop", "jitter", "reorder", "duplicate"}) {
    if (!reader.accept(word)) continue;
    reader.fail_unsupported(reader.previous(), fmt::format("'{}' on a link", word));
    return true;
  }
  return false;
}

/// A quality given a second time is not read over, as either of the two may be meant.
bool fails_as_repeated(TokenReader& reader, bool& is_given) {
  if (is_given)
    reader.fail(reader.previous().place,
                {fmt::format("'{}' is given twice for this link", reader.previous().text)});
  return std::exchange(is_given, true);
}

std::optional<LinkQuality> parse_link_quality(TokenReader& reader) {
  LinkQuality link;
  bool has_latency = false;
  bool has_loss = false;
  while (true) {
    if (reader.accept("latency")) {
      if (fails_as_repeated(reader, has_latency)) return {};
      const auto latency = reader.latency();
      if (!latency) return {};
      link.latency = latency->value;
    } else if (reader.accept("loss")) {
      if (fails_as_repeated(reader, has_loss)) return {};
      const auto loss = reader.loss();
      if (!loss) return {};
      link.loss = loss->value;
    } else {
      if (fails_as_unsupported(reader)) return {};
      return link;
    }
  }
}

Content parse_add_net(TokenReader& reader, const Located<IpAddress>& router) {
  if (!reader.accept("net")) return reader.fail_expected("'net'");
  const auto network = reader.network();
  if (!network) return {};
  if (reader.accept("tunnel")) return reader.fail_unsupported(reader.previous(), "'tunnel'");
  const auto next = reader.address("the address of the next router");
  if (!next) return {};
  const auto link = parse_link_quality(reader);
  if (!link) return {};
  return RouteNextHop{router, *network, *next, *link};
}

}  // namespace

Content parse_route(TokenReader& reader) {
  if (reader.accept("entry")) return parse_entry(reader);
  const auto router = reader.address("'entry' or the address of a router");
  if (!router) return {};
  if (reader.accept("link")) {
    const auto network = reader.network();
    if (!network) return {};
    return RouteLink{*router, *network};
  }
  if (reader.accept("add")) return parse_add_net(reader, *router);
  if (reader.accept("unreach")) return reader.fail_unsupported(reader.previous(), "'unreach'");
  return reader.fail_expected("'link' or 'add net'");
}

}  // namespace apiary

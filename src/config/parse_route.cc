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

std::optional<Located<std::uint64_t>> parse_bandwidth(TokenReader& reader) {
  if (reader.next().kind != TokenKind::word || !begins_with_digit(reader.next().text))
    return reader.fail_expected("a bandwidth such as 10Mbps");
  const Token& number = reader.take();
  std::string text{number.text};
  for (const std::string_view unit : {"Kbps", "Mbps", "Gbps"})
    if (reader.next().is(unit)) {
      text += reader.take().text;
      break;
    }
  return reader.checked(read_bandwidth(text), joined(number.place, reader.previous().place));
}

std::optional<Located<LinkExtras::Drop>> parse_drop(TokenReader& reader) {
  if (!reader.accept("between")) return reader.fail_expected("'between'");
  if (reader.next().kind != TokenKind::word || !begins_with_digit(reader.next().text))
    return reader.fail_expected("two delays such as 10ms - 50ms");
  const Located<std::string> text = reader.joined_range({"ms"});
  return reader.checked(read_drop(text.value), text.place);
}

/// Reads one quality of a link into where it belongs.
class LinkReader {
 public:
  explicit LinkReader(TokenReader& reader) : reader_(reader) {}

  /// Error: reported.
  bool run() {
    while (true) {
      if (reader_.accept("latency")) {
        if (!take(latency_, [&] { return reader_.latency(); })) return false;
      } else if (reader_.accept("loss")) {
        if (!take(loss_, [&] { return reader_.loss(); })) return false;
      } else if (reader_.accept("bandwidth")) {
        if (!take(extras.bandwidth_bits_per_second, [&] { return parse_bandwidth(reader_); }))
          return false;
      } else if (reader_.accept("drop")) {
        if (!take(extras.drop, [&] { return parse_drop(reader_); })) return false;
      } else if (reader_.accept("jitter")) {
        if (!take(extras.jitter, [&] { return reader_.milliseconds_of("jitter"); })) return false;
      } else if (reader_.accept("reorder")) {
        if (!take(extras.reorder, [&] { return reader_.percentage("reorder"); })) return false;
      } else if (reader_.accept("duplicate")) {
        if (!take(extras.duplicate, [&] { return reader_.percentage("duplicate"); })) return false;
      } else {
        finish();
        return true;
      }
    }
  }

  LinkQuality link;
  LinkExtras extras;

 private:
  /// A quality given a second time is not read over, as either of the two may be meant.
  template <class T, class Read>
  bool take(std::optional<Located<T>>& into, Read read) {
    const Token& word = reader_.previous();
    if (into) {
      reader_.fail(word.place, {fmt::format("'{}' is given twice for this link", word.text)});
      return false;
    }
    into = read();
    return into.has_value();
  }

  void finish() {
    if (latency_) link.latency = latency_->value;
    if (loss_) link.loss = loss_->value;
    if (extras.drop && !extras.bandwidth_bits_per_second)
      reader_.warn(extras.drop->place, {"'drop' does nothing on a link of unlimited bandwidth",
                                        "say how fast it is, for example: bandwidth 10Mbps"});
  }

  TokenReader& reader_;
  std::optional<Located<Duration>> latency_;
  std::optional<Located<Probability>> loss_;
};

Content parse_tunnel(TokenReader& reader, const Located<IpAddress>& router,
                     const Located<IpPrefix>& network) {
  const auto source = reader.address("the tunnel's address on this side");
  if (!source) return {};
  const auto destination = reader.address("the tunnel's address on the other side");
  if (!destination) return {};
  if (source->value == destination->value)
    return reader.fail(destination->place, {"a tunnel leads to another machine's address"});
  RouteTunnel tunnel{router,
                     network,
                     {{.local = source->value, .remote = destination->value},
                      joined(source->place, destination->place)}};
  while (true) {
    if (reader.accept("key")) {
      const auto key = reader.number("a tunnel's key", 0, 0xffffffff);
      if (!key) return {};
      tunnel.tunnel.value.key = key->value;
    } else if (reader.accept("checksum")) {
      tunnel.tunnel.value.has_checksums = true;
    } else {
      return tunnel;
    }
  }
}

Content parse_add_net(TokenReader& reader, const Located<IpAddress>& router) {
  if (!reader.accept("net")) return reader.fail_expected("'net'");
  const auto network = reader.network();
  if (!network) return {};
  if (reader.accept("tunnel")) return parse_tunnel(reader, router, *network);
  const auto next = reader.address("the address of the next router");
  if (!next) return {};
  LinkReader link(reader);
  if (!link.run()) return {};
  return RouteNextHop{router, *network, *next, link.link, link.extras};
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
  if (reader.accept("unreach")) {
    const auto network = reader.network();
    if (!network) return {};
    return RouteUnreach{*router, *network};
  }
  return reader.fail_expected("'link', 'add net' or 'unreach'");
}

}  // namespace apiary

#include "config/parse_route.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "config/plain_word.h"
#include "config/quantity_values.h"

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

std::optional<Located<EarlyDrop>> parse_drop(TokenReader& reader) {
  if (!reader.accept("between")) return reader.fail_expected("'between'");
  if (reader.next().kind != TokenKind::word || !begins_with_digit(reader.next().text))
    return reader.fail_expected("two delays such as 10ms - 50ms");
  const Located<std::string> text = reader.joined_range({"ms"});
  return reader.checked(read_drop(text.value), text.place);
}

bool sees_number(const TokenReader& reader) {
  return reader.next().kind == TokenKind::word && !reader.at_statement_end() &&
         begins_with_digit(reader.next().text);
}

/// Parses the arguments of "gemodel P R [LOSS IN BURSTS [LOSS BETWEEN THEM]]", as in netem.
std::optional<BurstLoss> parse_burst_loss(TokenReader& reader) {
  const auto to_bad = reader.percentage("probability");
  if (!to_bad) return {};
  const auto to_good = reader.percentage("probability");
  if (!to_good) return {};
  BurstLoss burst{.to_bad = to_bad->value, .to_good = to_good->value};
  for (Probability* const loss : {&burst.loss_when_bad, &burst.loss_when_good}) {
    if (!sees_number(reader)) break;
    const auto share = reader.loss();
    if (!share) return {};
    *loss = share->value;
  }
  return burst;
}

Jitter::Shape parse_jitter_shape(TokenReader& reader) {
  if (reader.accept("normal")) return Jitter::Shape::normal;
  if (reader.accept("pareto")) return Jitter::Shape::pareto;
  (void)reader.accept("uniform");
  return Jitter::Shape::uniform;
}

/// Parses the qualities of a link in any order.
class LinkReader {
 public:
  explicit LinkReader(TokenReader& reader) : reader_(reader) {}

  /// Errors are reported.
  bool run() {
    bool is_good = true;
    while (is_good) {
      const Token& word = reader_.next();
      if (reader_.accept("latency"))
        is_good = once(word) && take(reader_.latency(), link.latency);
      else if (reader_.accept("loss"))
        is_good = once(word) && take_loss();
      else if (reader_.accept("bandwidth"))
        is_good = once(word) && take(parse_bandwidth(reader_), link.bits_per_second);
      else if (reader_.accept("drop"))
        is_good = once(word) && take_drop();
      else if (reader_.accept("jitter"))
        is_good = once(word) && take_jitter();
      else if (reader_.accept("reorder"))
        is_good = once(word) && take_reorder();
      else if (reader_.accept("duplicate"))
        is_good = once(word) && take(reader_.percentage("duplicate"), link.duplicate);
      else if (reader_.accept("mtu"))
        is_good = once(word) && take_mtu();
      else
        break;
    }
    if (is_good) warn_of_no_effect();
    return is_good;
  }

  LinkQuality link;

 private:
  /// Reports a quality given twice, as either value may be meant, and ends the statement.
  bool once(const Token& word) {
    if (seen_.insert(word.text).second) return true;
    reader_.fail(word.place, {fmt::format("'{}' is given twice for this link", word.text)});
    return false;
  }
  template <class T>
  bool take(const std::optional<Located<T>>& read, T& into) {
    if (read) into = read->value;
    return read.has_value();
  }

  bool take_loss() {
    if (!reader_.accept("gemodel")) return take(reader_.loss(), link.loss);
    link.burst_loss = parse_burst_loss(reader_);
    return link.burst_loss.has_value();
  }
  bool take_drop() {
    drop_ = parse_drop(reader_);
    if (drop_) link.early_drop = drop_->value;
    return drop_.has_value();
  }
  bool take_jitter() {
    if (!take(reader_.milliseconds_of("jitter"), link.jitter.spread)) return false;
    link.jitter.shape = parse_jitter_shape(reader_);
    return true;
  }
  bool take_reorder() {
    reorder_ = reader_.percentage("reorder");
    return take(reorder_, link.reorder);
  }
  bool take_mtu() {
    constexpr std::uint32_t least = 68, most = 65'535;  // RFC 791 section 3.1
    const auto mtu = reader_.number("a number of bytes", least, most);
    if (mtu) link.mtu_bytes = static_cast<std::uint16_t>(mtu->value);
    return mtu.has_value();
  }

  void warn_of_no_effect() {
    if (drop_ && link.bits_per_second == 0)
      reader_.warn(drop_->place, {"'drop' does nothing on a link of unlimited bandwidth",
                                  "say how fast it is, for example: bandwidth 10Mbps"});
    if (link.reorder.value > 0 && link.latency == Duration{} && link.jitter.spread == Duration{})
      reader_.warn(reorder_->place, {"'reorder' does nothing on a link without latency",
                                     "say how long it is, for example: latency 10ms"});
  }

  TokenReader& reader_;
  std::set<std::string_view> seen_;
  std::optional<Located<EarlyDrop>> drop_;
  std::optional<Located<Probability>> reorder_;
};

Content parse_tunnel(TokenReader& reader, const Located<IpAddress>& router,
                     const Located<IpPrefix>& network) {
  const auto source = reader.address("the tunnel's address on this side");
  if (!source) return {};
  const auto destination = reader.address("the tunnel's address on the other side");
  if (!destination) return {};
  if (source->value == destination->value)
    return reader.fail(destination->place,
                       {"the other end of a tunnel is another machine's address"});
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
  return RouteNextHop{router, *network, *next, link.link};
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

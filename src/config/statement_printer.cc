#include "config/statement_printer.h"

#include <fmt/format.h>

#include "base/overloaded.h"
#include "config/value_printer.h"

namespace apiary {
namespace {

std::string in_milliseconds(Duration time) {
  return shortest(static_cast<double>(time.count()) / 1e6) + "ms";
}

std::string in_clock_time(Duration time) {
  const auto whole = std::chrono::duration_cast<seconds>(time).count();
  const auto hour = whole / 3600;
  const auto minute = whole / 60 % 60;
  if (whole % 60 != 0) return fmt::format("\"{:02}:{:02}:{:02}\"", hour, minute, whole % 60);
  return fmt::format("{}:{:02}{}", hour % 12 == 0 ? 12 : hour % 12, minute,
                     hour < 12 ? "am" : "pm");
}

std::string in_bits_per_second(std::uint64_t rate) {
  for (const auto& [unit, name] :
       {std::pair{std::uint64_t{1'000'000'000}, "Gbps"},
        std::pair{std::uint64_t{1'000'000}, "Mbps"}, std::pair{std::uint64_t{1'000}, "Kbps"}})
    if (rate % unit == 0) return fmt::format("{}{}", rate / unit, name);
  return std::to_string(rate);
}

std::string format_statement(const BurstLoss& loss) {
  std::string text =
      fmt::format("gemodel {} {}", in_percent(loss.to_bad), in_percent(loss.to_good));
  const bool has_good = loss.loss_when_good.value != 0;
  if (has_good || loss.loss_when_bad.value != 1) text += " " + in_percent(loss.loss_when_bad);
  if (has_good) text += " " + in_percent(loss.loss_when_good);
  return text;
}

std::string format_statement(const Jitter& jitter) {
  const std::string spread = in_milliseconds(jitter.spread);
  switch (jitter.shape) {
    case Jitter::Shape::uniform:
      return spread;
    case Jitter::Shape::normal:
      return spread + " normal";
    case Jitter::Shape::pareto:
      return spread + " pareto";
  }
  return spread;
}

std::string format_statement(const Condition& condition) {
  return std::visit(
      overloaded{[](const FromSystem& s) { return "source os = " + in_quotes(s.name); },
                 [](const FromNetwork& s) { return "source ip = " + to_string(s.network); },
                 [](const AtTime& s) {
                   return fmt::format("time between {} - {}", in_clock_time(s.from),
                                      in_clock_time(s.to));
                 },
                 [](const OfProtocol& s) { return std::string{name_of(s.protocol)}; },
                 [](const Otherwise&) { return std::string{"otherwise"}; }},
      condition);
}

/// Prints a statement of each kind.
struct Speller {
  const SourceText& source;

  /// The text in the source.
  std::string_view as_is(Span place) const { return source.text(place); }

  std::string operator()(const CreateTemplate& s) const {
    return fmt::format("create {}", s.name.value);
  }
  std::string operator()(const CreateDynamic& s) const {
    return fmt::format("dynamic {}", s.name.value);
  }
  std::string operator()(const CloneTemplate& s) const {
    return fmt::format("clone {} {}", s.name.value, s.original.value);
  }
  std::string operator()(const DeleteTemplate& s) const {
    return fmt::format("delete {}", s.target.value);
  }
  std::string operator()(const DeletePort& s) const {
    return fmt::format("delete {} {} port {}", s.target.value, name_of(s.protocol),
                       as_is(s.ports.place));
  }
  std::string operator()(const SetTrait& s) const {
    return fmt::format("set {} {}", s.target.value, format_trait(s.trait.value));
  }
  std::string operator()(const AddPort& s) const {
    return fmt::format("add {} {} port {} {}", s.target.value, name_of(s.protocol),
                       as_is(s.ports.place), format_action(s.action.value));
  }
  std::string operator()(const AddSubsystem& s) const {
    return fmt::format("add {} subsystem {}{}{}", s.target.value, in_quotes(s.command.value),
                       s.is_shared ? " shared" : "", s.restarts ? " restart" : "");
  }
  std::string operator()(const AddUse& s) const {
    if (std::holds_alternative<Otherwise>(s.condition.value))
      return fmt::format("add {} otherwise use {}", s.target.value, s.used.value);
    return fmt::format("add {} use {} if {}", s.target.value, s.used.value,
                       format_statement(s.condition.value));
  }
  std::string operator()(const BindAddress& s) const {
    return fmt::format("bind {} {}", as_is(s.addresses.place), s.target.value);
  }
  std::string operator()(const BindConditionally& s) const {
    return fmt::format("bind {} {} {}", format_statement(s.condition.value),
                       to_string(s.address.value), s.target.value);
  }
  std::string operator()(const BindInterface& s) const {
    return fmt::format("bind {} to {}", to_string(s.address.value), s.interface.value);
  }
  std::string operator()(const Dhcp& s) const {
    return fmt::format("dhcp {} on {}{}", s.target.value, s.interface.value,
                       s.ethernet ? " ethernet " + in_quotes(s.ethernet->value) : "");
  }
  std::string operator()(const Broadcast& s) const {
    return fmt::format("broadcast {} srcport {} dstport {} time {} {}", s.target.value,
                       as_is(s.source.place), as_is(s.destination.place), s.seconds_between.value,
                       format_action(s.action.value));
  }
  std::string operator()(const Annotate& s) const {
    return fmt::format("annotate {} {}", s.personality ? in_quotes(s.personality->value) : "random",
                       s.what);
  }
  std::string operator()(const PluginOption& s) const {
    return fmt::format("option {} {} {}", s.plugin, s.name, as_is(s.value.place));
  }
  std::string operator()(const Include& s) const {
    return fmt::format("include {}", as_is(s.file.place));
  }
  std::string operator()(const DaemonQuery& s) const {
    return fmt::format("{}", fmt::join(s.words, " "));
  }
  std::string operator()(const RouteEntry& s) const {
    if (s.network.place == s.router.place)
      return fmt::format("route entry {}", to_string(s.router.value));
    return fmt::format("route entry {} network {}", to_string(s.router.value),
                       to_string(s.network.value));
  }
  std::string operator()(const RouteLink& s) const {
    return fmt::format("route {} link {}", to_string(s.router.value), to_string(s.network.value));
  }
  std::string operator()(const RouteUnreach& s) const {
    return fmt::format("route {} unreach {}", to_string(s.router.value),
                       to_string(s.network.value));
  }
  std::string operator()(const RouteNextHop& s) const {
    std::string text = fmt::format("route {} add net {} {}", to_string(s.router.value),
                                   to_string(s.network.value), to_string(s.next.value));
    return text + format_statement(s.link);
  }
  std::string operator()(const RouteTunnel& s) const {
    const TunnelEnds& tunnel = s.tunnel.value;
    std::string text =
        fmt::format("route {} add net {} tunnel {} {}", to_string(s.router.value),
                    to_string(s.network.value), to_string(tunnel.local), to_string(tunnel.remote));
    if (tunnel.key) text += fmt::format(" key {}", *tunnel.key);
    if (tunnel.has_checksums) text += " checksum";
    return text;
  }
  std::string operator()(const BrokenStatement& s) const {
    return fmt::format("{}", fmt::join(s.words, " "));
  }
};

}  // namespace

std::string format_statement(const LinkQuality& link) {
  constexpr LinkQuality plain;
  std::string text;
  if (link.latency != plain.latency) text += " latency " + in_milliseconds(link.latency);
  if (link.burst_loss)
    text += " loss " + format_statement(*link.burst_loss);
  else if (link.loss != plain.loss)
    text += " loss " + in_percent(link.loss);
  if (link.bits_per_second != 0) text += " bandwidth " + in_bits_per_second(link.bits_per_second);
  if (link.early_drop)
    text += fmt::format(" drop between {} - {}", in_milliseconds(link.early_drop->from),
                        in_milliseconds(link.early_drop->to));
  if (link.jitter != plain.jitter) text += " jitter " + format_statement(link.jitter);
  if (link.reorder != plain.reorder) text += " reorder " + in_percent(link.reorder);
  if (link.duplicate != plain.duplicate) text += " duplicate " + in_percent(link.duplicate);
  if (link.mtu_bytes != plain.mtu_bytes) text += fmt::format(" mtu {}", link.mtu_bytes);
  return text;
}

std::string format_statement(const Statement& statement, const SourceText& source) {
  return std::visit(Speller{source}, statement.content);
}

}  // namespace apiary

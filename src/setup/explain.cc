#include "setup/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "config/port_values.h"
#include "config/statement_printer.h"
#include "config/traits.h"
#include "lan/station_lookup.h"
#include "posix/system_error.h"
#include "setup/explain_service.h"
#include "setup/host_key.h"
#include "setup/host_values.h"
#include "setup/service_view.h"

namespace apiary {
namespace {

std::string spelled(Duration time) { return fmt::format("{:g} ms", in_seconds(time) * 1000); }

std::optional<IpProtocol> protocol_called(std::string_view name) {
  if (name == "tcp") return IpProtocol::tcp;
  if (name == "udp") return IpProtocol::udp;
  if (name == "icmp") return IpProtocol::icmp;
  return {};
}

bool runs_program(const PortAction& action) {
  const auto* const service = std::get_if<std::shared_ptr<const ServiceSpec>>(&action);
  return service != nullptr && std::holds_alternative<Script>(**service);
}

/// Explains one address of a configuration, line by line.
class Explanation {
 public:
  Explanation(const ExaminedConfiguration& examined, IpAddress address, IpAddress visitor,
              const HashKey& key, Instant now)
      : honeynet_(*examined.configuration.honeynet),
        origins_(*examined.configuration.origins),
        source_(*examined.source),
        address_(address),
        visitor_(visitor),
        key_(key),
        now_(now) {}

  void print_host(const HostTemplatePtr* bound, const HostTemplatePtr* host_template) {
    text_ += to_string(address_) + "\n";
    const auto& machines = honeynet_.parts().physical_hosts;
    const auto real = std::find_if(machines.begin(), machines.end(),
                                   [&](const PhysicalHost& m) { return m.address == address_; });
    if (real != machines.end())
      return say("host", fmt::format("a real machine, on the link of {}", real->interface),
                 binding_place());
    if (bound == nullptr)
      return say("host", "none: it is not bound, and there is no template 'default'");
    if (*bound == honeynet_.parts().router_template)
      say("template", "router without a binding of its own", route_place(address_));
    else
      say("template", (*bound)->name, binding_place());
    if ((*bound)->is_dynamic)
      say("for visitor", fmt::format("{}: {}", to_string(visitor_),
                                     host_template == nullptr ? "none: no condition applies"
                                                              : (*host_template)->name));
    if (host_template != nullptr) print_traits(**host_template);
    print_group(TraitGroup::link, machine_on_link(**bound));
  }

  void print_path() {
    const Path* const path = honeynet_.topology().path_to(address_);
    if (path == nullptr) return say("path", "none: no entry router covers this address");
    std::optional<Span> place = entry_place();
    std::uint32_t crossed = 0;
    for (const Hop& hop : path->hops) {
      print_links(*path, crossed, hop.place, place);
      say(hop.distance == 0 ? "path" : "",
          fmt::format("{} after {}, {:g}% lost", to_string(hop.router), spelled(hop.place.latency),
                      hop.place.loss.value * 100),
          place);
      place = decision_place(hop.router);
    }
    print_links(*path, crossed, path->place, place);
    if (path->end == PathEnd::tunnel)
      return say("",
                 fmt::format("{} after {}, {:g}% lost; each way",
                             to_string(honeynet_.topology().tunnels()[path->tunnel]),
                             spelled(path->place.latency), path->place.loss.value * 100),
                 place);
    if (!path->reaches())
      return say(
          "", fmt::format("{} answers: network unreachable", to_string(path->hops.back().router)),
          place);
    say(path->hops.empty() ? "path" : "",
        fmt::format("{} after {}, {:g}% lost; each way", to_string(address_),
                    spelled(path->place.latency), path->place.loss.value * 100),
        path->hops.empty() ? std::nullopt : place);
    if (path->place.mtu_bytes != PathPosition{}.mtu_bytes)
      say("", fmt::format("datagrams of at most {} bytes", path->place.mtu_bytes));
  }

  /// Prints the links on `path` from stage `crossed` up to `to` that do more than delay and lose
  /// packets.
  void print_links(const Path& path, std::uint32_t& crossed, const PathPosition& to,
                   std::optional<Span> place) {
    for (; crossed < to.stages; ++crossed) {
      const std::uint32_t link = path.stages[crossed].inward.link();
      say("", "by a link of" + format_statement(honeynet_.topology().links()[link].quality), place);
    }
  }

  void print_port(const HostTemplate& host_template, IpProtocol protocol, Port port) {
    const TemplateLocations& from = origins_of(host_template);
    if (protocol == IpProtocol::icmp)
      return say("icmp", describe(host_template.icmp_default), from.trait("default", "icmp"));
    const bool is_tcp = protocol == IpProtocol::tcp;
    const auto& ports = is_tcp ? host_template.tcp_ports : host_template.udp_ports;
    const std::string label = fmt::format("{} {}", name_of(protocol), port.number);
    if (const auto listed = ports.find(port); listed != ports.end()) {
      std::optional<Span> place;
      if (const auto known = from.ports.find({protocol, port}); known != from.ports.end())
        place = known->second;
      return say(label, describe(listed->second), place);
    }
    const auto place = from.trait("default", name_of(protocol));
    say(label,
        fmt::format("{} (the default{})",
                    describe(is_tcp ? host_template.tcp_default : host_template.udp_default),
                    !place ? " of all templates" : ""),
        place);
  }

  /// If a program answers, what it may do.
  void print_service(const HostTemplate& host_template, IpProtocol protocol, Port port,
                     const SandboxView& view, const ContainmentGaps& gaps) {
    if (protocol == IpProtocol::icmp) return;
    const PortAction& action = protocol == IpProtocol::tcp ? host_template.tcp_action(port)
                                                           : host_template.udp_action(port);
    if (runs_program(action))
      for (const auto& [label, rule] :
           service_rules(host_template.service_privileges, view, false, gaps))
        say(label, rule);
    // Which ports those have, only a running daemon knows.
    const auto& ports =
        protocol == IpProtocol::tcp ? host_template.tcp_ports : host_template.udp_ports;
    if (host_template.subsystems.empty() || ports.contains(port)) return;
    say("", "or a subsystem, if one listens there:");
    for (const auto& [label, rule] :
         service_rules(host_template.service_privileges, view, true, gaps, host_template.egress))
      say(label, rule);
  }

  std::string take() { return std::move(text_); }

 private:
  void say(std::string_view label, std::string_view what, std::optional<Span> place = {}) {
    const std::string text = fmt::format("  {:<12} {}", label, what);
    text_ +=
        place ? fmt::format("{:<70}  {}\n", text, source_.place_name(place->begin)) : text + "\n";
  }

  const TemplateLocations& origins_of(const HostTemplate& host_template) const {
    static const TemplateLocations nowhere;
    const auto known = origins_.templates.find(host_template.name);
    return known == origins_.templates.end() ? nowhere : known->second;
  }

  void print_traits(const HostTemplate& host_template) {
    print_group(TraitGroup::system, host_template);
    for (const HostValue& value : values_of(
             host_template, make_stack_state(key_, address_, host_template, now_, now_), now_))
      say(value.label, value.text);
    print_group(TraitGroup::identity, host_template);
    print_group(TraitGroup::behaviour, host_template);
    print_subsystems(host_template);
  }

  void print_subsystems(const HostTemplate& host_template) {
    const auto& places = origins_of(host_template).subsystems;
    for (const PortAction& action : host_template.subsystems) {
      const auto& subsystem =
          std::get<Subsystem>(*std::get<std::shared_ptr<const ServiceSpec>>(action));
      const auto place = places.find(subsystem.command);
      say("subsystem",
          fmt::format("{}, {}{}", in_quotes(subsystem.command),
                      subsystem.is_shared ? "one for all hosts" : "one for each host",
                      subsystem.restarts ? ", starts again when it ends" : ""),
          place == places.end() ? std::optional<Span>{} : place->second);
    }
  }

  void print_group(TraitGroup group, const HostTemplate& host_template) {
    TraitLines lines;
    for (const TraitSpec& trait : trait_specs())
      if (trait.explained == group)
        trait.explain({host_template, origins_of(host_template), address_, key_}, lines);
    for (const TraitLine& line : lines) say(line.label, line.text, line.place);
  }

  /// The place of the smallest binding that contains the address.
  std::optional<Span> binding_place() const {
    std::optional<Span> place;
    std::uint32_t smallest = 0xffffffff;
    for (const auto& [range, at] : origins_.bindings) {
      if (address_ < range.first || range.last < address_) continue;
      const std::uint32_t size = range.last.v4_value() - range.first.v4_value();
      if (place && size > smallest) continue;
      place = at;
      smallest = size;
    }
    if (place) return place;
    const auto created = origins_.templates.find("default");
    if (created == origins_.templates.end()) return {};
    return created->second.created;
  }

  std::optional<Span> longest(const std::vector<RouteOrigin>& routes,
                              std::optional<IpAddress> router) const {
    const RouteOrigin* best = nullptr;
    for (const RouteOrigin& route : routes)
      if ((!router || route.router == *router) && route.network.contains(address_) &&
          (best == nullptr || route.network.length() >= best->network.length()))
        best = &route;
    return best == nullptr ? std::optional<Span>{} : best->place;
  }
  std::optional<Span> entry_place() const { return longest(origins_.entries, {}); }
  std::optional<Span> decision_place(const IpAddress& router) const {
    return longest(origins_.routes, router);
  }
  std::optional<Span> route_place(const IpAddress& router) const {
    for (const auto* routes : {&origins_.entries, &origins_.routes})
      for (const RouteOrigin& route : *routes)
        if (route.router == router) return route.place;
    return {};
  }

  const Honeynet& honeynet_;
  const SourceLocations& origins_;
  const SourceText& source_;
  IpAddress address_, visitor_;
  HashKey key_;
  Instant now_;
  std::string text_;
};

}  // namespace

std::string explanation(const ExaminedConfiguration& examined, const IpAddress& address,
                        const IpAddress& visitor, const HashKey& key, Instant now) {
  const Honeynet& honeynet = *examined.configuration.honeynet;
  Explanation text(examined, address, visitor, key, now);
  text.print_host(
      honeynet.find_host(address),
      honeynet.find_host(address, visitor, static_cast<std::uint8_t>(IpProtocol::tcp), now));
  text.print_path();
  return text.take();
}

namespace {

/// What services see when apiary run has no options that hide more.
SandboxView view_of(const ExaminedConfiguration& examined, const ExplainOptions& options) {
  const auto file = std::filesystem::absolute(options.configuration).lexically_normal();
  std::vector<std::string> files{file};
  for (const auto& [name, text] : examined.included()) files.push_back(name);
  return service_view({.directory = file.parent_path()}, files, examined.configuration.scripts);
}

}  // namespace

int run_explain(const ExplainOptions& options, Instant now) {
  const auto examined = examine_configuration(
      {options.configuration, options.personalities, {.spoofing = options.allows_spoofing}}, true);
  if (!examined) return fail(examined.error());
  if (examined->is_broken()) {
    fmt::print(stderr, "{}", render(*examined));
    return 1;
  }
  const auto address = parse_ip_address(options.address);
  const auto visitor = parse_ip_address(options.visitor);
  if (!address || !visitor)
    return fail(
        fmt::format("'{}' is not an IPv4 address", address ? options.visitor : options.address));
  const auto protocol = protocol_called(options.protocol);
  if (!options.protocol.empty() && !protocol)
    return fail(fmt::format("invalid value '{}': use one of tcp, udp, icmp", options.protocol));
  Port port;
  if (protocol && *protocol != IpProtocol::icmp) {
    if (options.port.empty()) return fail("missing port: use, for example, tcp 80");
    const auto ports = read_ports(options.port, *protocol, machine_settings().parsing.port_names);
    if (!ports || ports->first != ports->last)
      return fail(ports ? "a range of ports: give one port" : ports.error().message);
    port = ports->first;
  }

  const Honeynet& honeynet = *examined->configuration.honeynet;
  const HostTemplatePtr* const bound = honeynet.find_host(*address);
  const HostTemplatePtr* const host_template = honeynet.find_host(
      *address, *visitor, static_cast<std::uint8_t>(protocol.value_or(IpProtocol::tcp)), now,
      options.visitor_system);
  Explanation text(*examined, *address, *visitor, make_host_key(options.key), now);
  text.print_host(bound, host_template);
  text.print_path();
  if (protocol && host_template != nullptr) {
    text.print_port(**host_template, *protocol, port);
    text.print_service(**host_template, *protocol, port, view_of(*examined, options),
                       find_containment_gaps(options.contain));
  }
  fmt::print("{}", text.take());
  return 0;
}

}  // namespace apiary

#include "config/build.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "config/binding_table.h"
#include "config/list_services.h"
#include "config/plain_word.h"
#include "config/proxy_loops.h"
#include "config/template_builder.h"
#include "config/topology_builder.h"
#include "config/unsupported.h"

namespace apiary {
namespace {

/// The template of routers without a `bind`: it answers pings and nothing more.
HostTemplatePtr plain_router(const PersonalityCache& personalities) {
  auto router = std::make_shared<HostTemplate>();
  router->name = "router";
  router->personality = personalities.generic();
  router->tcp_default = Reset{};
  router->udp_default = Reset{};
  router->icmp_default = Open{};
  return router;
}

AddressSet addresses_of(const Honeynet& honeynet, const TopologySpec& plan) {
  std::vector<AddressRange> ranges = honeynet.parts().hosts.addresses().ranges();
  const auto add = [&](const IpPrefix& prefix) {
    if (prefix.length() != 0) ranges.push_back({prefix.first(), prefix.last()});
  };
  for (const EntryRoute& entry : plan.entries) add(entry.network);
  for (const DirectRoute& route : plan.direct) add(route.network);
  for (const UnreachableRoute& route : plan.unreachable) add(route.network);
  for (const NextHopRoute& route : plan.next_hops) add(route.network);
  for (const TunnelRoute& route : plan.tunnels) add(route.network);
  for (const IpAddress& router : honeynet.topology().routers()) add({router, 32});

  std::sort(ranges.begin(), ranges.end(), [](const AddressRange& a, const AddressRange& b) {
    return a.first < b.first;  // AddressSet::add() is fastest at the end
  });
  AddressSet addresses;
  for (const AddressRange& range : ranges) addresses.add(range);
  return addresses;
}

/// Warns of linked networks without hosts if there is no default template: probably a mistake,
/// unless the network connects routers.
void remark_empty_networks(const std::vector<RouteOrigin>& links, const HostMap& hosts,
                           const std::vector<IpAddress>& routers, Diagnostics& diagnostics) {
  const AddressSet inhabited = hosts.addresses();
  for (const RouteOrigin& link : links) {
    const bool is_inhabited = std::any_of(
        inhabited.ranges().begin(), inhabited.ranges().end(), [&](const AddressRange& range) {
          return range.first <= link.network.last() && link.network.first() <= range.last;
        });
    const bool has_routers =
        std::any_of(routers.begin(), routers.end(),
                    [&](const IpAddress& router) { return link.network.contains(router); });
    if (!is_inhabited)
      diagnostics.push_back(
          {.severity = has_routers ? Severity::notice : Severity::warning,
           .place = link.place,
           .message = fmt::format("no host is in {}: nothing is bound there, and there is no "
                                  "template 'default'",
                                  to_string(link.network))});
  }
}

/// Applies the statements of a configuration one after the other.
class ConfigurationBuilder {
 public:
  ConfigurationBuilder(ParsedText& parsed, const PersonalityCache& personalities,
                       const BuildSettings& settings)
      : diagnostics_(parsed.diagnostics),
        nics_(settings.vendors),
        templates_(parsed.statements, personalities, nics_, settings.permissions, diagnostics_),
        routes_(diagnostics_),
        bindings_(diagnostics_) {
    bindings_.reserve(parsed.statements.size());
    for (const Pass pass : {Pass::personalities, Pass::most, Pass::hosts})
      for (const Statement& statement : parsed.statements)
        std::visit(
            [&](const auto& content) {
              if (pass_of(content) == pass) apply(content);
            },
            statement.content);
    templates_.finish();
  }

  NicRegistry& nics() { return nics_; }
  /// The hosts that get their addresses by DHCP. Call it once all templates are complete.
  std::vector<DhcpHost> dhcp_hosts() const {
    std::vector<DhcpHost> hosts = dhcp_;
    for (DhcpHost& host : hosts)
      if (host.nic == nullptr) host.nic = machine_on_link(*host.host_template).nic;
    return hosts;
  }
  TemplateBuilder& templates() { return templates_; }
  TopologyBuilder& routes() { return routes_; }
  BindingTable& bindings() { return bindings_; }

 private:
  /// The order of statements: first those that change personalities, as others use them; last those
  /// about a single host by its address, as they need its complete template.
  enum class Pass : std::uint8_t { personalities, most, hosts };
  template <class Content>
  static Pass pass_of(const Content& content) {
    if constexpr (is_any_of<Content, Annotate>) {
      return Pass::personalities;
    } else if constexpr (is_any_of<Content, SetTrait, AddPort, AddSubsystem, AddUse, DeletePort,
                                   Dhcp, Broadcast>) {
      return begins_with_digit(content.target.value) && parse_ip_address(content.target.value)
                 ? Pass::hosts
                 : Pass::most;
    } else {
      static_assert(is_any_of<Content, CreateTemplate, CreateDynamic, CloneTemplate, DeleteTemplate,
                              BindAddress, BindConditionally, BindInterface, PluginOption, Include,
                              DaemonQuery, RouteEntry, RouteLink, RouteUnreach, RouteNextHop,
                              RouteTunnel, BrokenStatement>,
                    "add the statement to one of the passes");
      return Pass::most;
    }
  }
  template <class Content, class... Others>
  static constexpr bool is_any_of = (std::is_same_v<Content, Others> || ...);

  /// The template of this name, or that of the host at this address. nullptr: reported.
  HostTemplatePtr find(const TemplateName& name) {
    const auto address = parse_ip_address(name.value);
    if (!address) return templates_.find(name);
    HostTemplatePtr host_template = bindings_.find(*address);
    if (host_template == nullptr) report_unbound(name);
    return host_template;
  }

  void report_unbound(const TemplateName& name) {
    diagnostics_.push_back({.place = name.place,
                            .message = fmt::format("{} is not bound", name.value),
                            .hint = fmt::format("bind it first: bind {} TEMPLATE", name.value)});
  }

  /// If `target` names a host, gives it a template of its own.
  bool prepare(const TemplateName& target) {
    const auto address = parse_ip_address(target.value);
    if (!address) return true;
    const HostTemplatePtr host_template = bindings_.find(*address);
    if (host_template == nullptr) {
      report_unbound(target);
      return false;
    }
    bindings_.set_own({*address, target.place}, templates_.make_own(target, host_template));
    return true;
  }

  void apply(const BrokenStatement& broken) {
    if (broken.keyword == "route" || broken.keyword == "include") routes_.suppress_gap_reports();
  }
  void apply(const BindAddress& bind) { bindings_.add(bind, find(bind.target)); }
  void apply(const BindConditionally& bind) { bindings_.add(bind, find(bind.target)); }
  void apply(const BindInterface& bind) { bindings_.add(bind); }
  void apply(const DeleteTemplate& statement) {
    if (const auto address = parse_ip_address(statement.target.value))
      bindings_.remove({*address, statement.target.place});
    else
      templates_.apply(statement);
  }
  void apply(const CloneTemplate& clone) {
    const auto address = parse_ip_address(clone.original.value);
    if (!address) return templates_.apply(clone);
    if (const HostTemplatePtr host_template = find(clone.original))
      templates_.apply(CloneTemplate{clone.name, {host_template->name, clone.original.place}});
  }
  void apply(const RouteEntry& route) { routes_.apply(route); }
  void apply(const RouteLink& route) { routes_.apply(route); }
  void apply(const RouteUnreach& route) { routes_.apply(route); }
  void apply(const RouteNextHop& route) { routes_.apply(route); }
  void apply(const RouteTunnel& route) { routes_.apply(route); }
  void apply(const Include&) {}
  void apply(const PluginOption&) {}
  void apply(const DaemonQuery&) {}
  void apply(const Dhcp& dhcp) {
    std::shared_ptr<const NicProfile> nic;
    if (dhcp.ethernet) nic = nics_.find(*dhcp.ethernet, diagnostics_);
    const HostTemplatePtr host_template = find(dhcp.target);
    if (host_template == nullptr || (dhcp.ethernet && nic == nullptr)) return;
    const auto same = std::ranges::count_if(dhcp_, [&](const DhcpHost& host) {
      return host.host_template == host_template && host.interface == dhcp.interface.value;
    });
    std::string interface(dhcp.interface.value);
    std::string identity = fmt::format("{} on {}, {}", host_template->name, interface, same);
    dhcp_.push_back({std::move(interface), host_template, std::move(nic), std::move(identity)});
  }
  void apply(const Broadcast& broadcast) { find(broadcast.target); }
  void apply(const CreateTemplate& create) { templates_.apply(create); }
  void apply(const CreateDynamic& create) { templates_.apply(create); }
  void apply(const Annotate& annotate) { templates_.apply(annotate); }
  void apply(const SetTrait& set) { change_template(set); }
  void apply(const AddPort& add) { change_template(add); }
  void apply(const AddSubsystem& add) { change_template(add); }
  void apply(const AddUse& add) { change_template(add); }
  void apply(const DeletePort& statement) { change_template(statement); }
  template <class Content>
  void change_template(const Content& content) {
    if (prepare(content.target)) templates_.apply(content);
  }

  Diagnostics& diagnostics_;
  NicRegistry nics_;
  TemplateBuilder templates_;
  TopologyBuilder routes_;
  BindingTable bindings_;
  std::vector<DhcpHost> dhcp_;
};

}  // namespace

tl::expected<Configuration, Diagnostics> build_configuration(SourceText& source,
                                                             const PersonalityCatalogue& catalogue,
                                                             const BuildSettings& settings) {
  ParseSettings parsing = settings.parsing;
  if (!parsing.load_file)
    parsing.load_file = [](const std::string& path) -> tl::expected<std::string, std::string> {
      return tl::unexpected(fmt::format("cannot read {}: there are no files here", path));
    };
  ParsedText parsed = parse(source, parsing);
  Diagnostics& diagnostics = parsed.diagnostics;
  const PersonalityCache personalities(catalogue);
  ConfigurationBuilder builder(parsed, personalities, settings);
  auto topology = builder.routes().build();
  if (topology) builder.bindings().warn_unreached(*topology);
  note_unsupported(parsed.statements, diagnostics);
  HostMap hosts = builder.bindings().build();
  std::vector<DhcpHost> dhcp_hosts = builder.dhcp_hosts();
  builder.nics().finish(hosts, builder.templates().find_default(), dhcp_hosts, diagnostics);
  if (!has_errors(diagnostics)) {
    builder.templates().warn_unused();
    if (builder.templates().find_default() == nullptr)
      remark_empty_networks(builder.routes().links(), hosts, topology->routers(), diagnostics);
  }
  if (has_errors(diagnostics)) {
    sort_by_place(diagnostics);
    return tl::unexpected(std::move(diagnostics));
  }

  Configuration configuration;
  configuration.honeynet = std::make_shared<const Honeynet>(
      Honeynet::Parts{.topology = *std::move(topology),
                      .hosts = std::move(hosts),
                      .default_template = builder.templates().find_default(),
                      .router_template = plain_router(personalities),
                      .dhcp = std::move(dhcp_hosts),
                      .physical_hosts = builder.bindings().physical_hosts(),
                      .local_time_ahead = settings.local_time_ahead});
  configuration.addresses = addresses_of(*configuration.honeynet, builder.routes().plan());
  list_services(parsed.statements, builder.templates(), configuration);
  if (!configuration.proxies.empty())
    find_proxy_loops(*configuration.honeynet, configuration.addresses,
                     builder.templates().origins(), diagnostics);
  sort_by_place(diagnostics);
  if (has_errors(diagnostics)) return tl::unexpected(std::move(diagnostics));
  configuration.remarks = std::move(diagnostics);
  if (settings.keeps_origins)
    configuration.origins = std::make_shared<const SourceLocations>(
        SourceLocations{builder.templates().origins(), builder.bindings().origins(),
                        builder.routes().entry_origins(), builder.routes().route_origins()});
  return configuration;
}

}  // namespace apiary

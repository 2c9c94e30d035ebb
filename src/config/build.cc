#include "config/build.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/overloaded.h"
#include "config/parser.h"
#include "config/route_book.h"
#include "config/template_book.h"

namespace apiary {
namespace {

/// What a router is that no `bind` makes anything else: it answers pings and nothing more.
TemplatePointer plain_router(const PersonalityBook& personalities) {
  auto router = std::make_shared<Template>();
  router->name = "router";
  router->personality = personalities.generic();
  router->tcp_default = Reset{};
  router->udp_default = Reset{};
  router->icmp_default = Open{};
  return router;
}

/// The addresses that a configuration binds.
class BindingBook {
 public:
  explicit BindingBook(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void add(const BindAddress& statement, TemplatePointer target) {
    const auto [first, is_new] =
        places_.try_emplace(statement.address.value, statement.address.place);
    if (!is_new) {
      diagnostics_.push_back(
          {.place = statement.address.place,
           .message = fmt::format("{} is bound already", to_string(statement.address.value)),
           .notes = {{first->second, "it is bound here"}}});
    } else if (target != nullptr) {
      hosts_.emplace(statement.address.value, std::move(target));
    }
  }

  void reserve(std::size_t count) {
    places_.reserve(count);
    hosts_.reserve(count);
  }

  /// Warns of addresses that no packet will reach: of the first ones in the file, and then of the
  /// rest together.
  void check_reached(const Topology& topology) {
    constexpr std::size_t warnings_at_most = 10;
    std::vector<Located<IpAddress>> unreached;
    for (const auto& [address, place] : places_) {
      const Path* const path = topology.path_to(address);
      if (path == nullptr || !path->reaches) unreached.push_back({address, place});
    }
    std::sort(unreached.begin(), unreached.end(),
              [](const auto& a, const auto& b) { return a.place.begin < b.place.begin; });
    for (std::size_t i = 0; i < std::min(unreached.size(), warnings_at_most); ++i)
      diagnostics_.push_back(
          {.severity = Severity::warning,
           .place = unreached[i].place,
           .message = fmt::format("no route reaches {}", to_string(unreached[i].value))});
    if (unreached.size() > warnings_at_most)
      diagnostics_.push_back({.severity = Severity::warning,
                              .place = unreached[warnings_at_most].place,
                              .message = fmt::format("no route reaches {} more bound addresses",
                                                     unreached.size() - warnings_at_most)});
  }

  std::unordered_map<IpAddress, TemplatePointer> take_hosts() { return std::move(hosts_); }

 private:
  Diagnostics& diagnostics_;
  std::unordered_map<IpAddress, Span> places_;
  std::unordered_map<IpAddress, TemplatePointer> hosts_;
};

void list_script(const Located<PortAction>& action, std::vector<ScriptUse>& scripts) {
  const auto* const service = std::get_if<std::shared_ptr<const ServiceSpec>>(&action.value);
  const auto* const script = service == nullptr ? nullptr : std::get_if<Script>(service->get());
  if (script != nullptr) scripts.push_back({script->command, action.place});
}

std::vector<ScriptUse> list_scripts(const std::vector<Statement>& statements) {
  std::vector<ScriptUse> scripts;
  for (const Statement& statement : statements)
    std::visit(overloaded{
                   [&](const AddPort& add) { list_script(add.action, scripts); },
                   [&](const SetDefaultAction& set) { list_script(set.action, scripts); },
                   [](const auto&) {},
               },
               statement.content);
  return scripts;
}

AddressSet addresses_of(const Honeynet& honeynet, const TopologyPlan& plan) {
  std::vector<IpPrefix> prefixes;
  for (const EntryRoute& entry : plan.entries) prefixes.push_back(entry.network);
  for (const DirectRoute& route : plan.direct) prefixes.push_back(route.network);
  for (const NextHopRoute& route : plan.next_hops) prefixes.push_back(route.network);
  std::erase_if(prefixes, [](const IpPrefix& prefix) { return prefix.length() == 0; });
  for (const IpAddress& router : honeynet.topology().routers()) prefixes.emplace_back(router, 32);
  for (const auto& [address, host] : honeynet.parts().hosts) prefixes.emplace_back(address, 32);

  std::sort(prefixes.begin(), prefixes.end());  // a set grows fastest at its end
  AddressSet addresses;
  for (const IpPrefix& prefix : prefixes) addresses.add(prefix);
  return addresses;
}

}  // namespace

tl::expected<Configuration, Diagnostics> build_configuration(
    const SourceText& source, const PersonalityCatalogue& catalogue) {
  ParsedText parsed = parse(source);
  Diagnostics& diagnostics = parsed.diagnostics;
  const PersonalityBook personalities(catalogue);
  TemplateBook templates(parsed.statements, personalities, diagnostics);
  RouteBook routes(diagnostics);
  BindingBook bindings(diagnostics);
  bindings.reserve(parsed.statements.size());

  for (const Statement& statement : parsed.statements)
    std::visit(
        overloaded{
            [&](const BindAddress& bind) { bindings.add(bind, templates.find(bind.target)); },
            [&](const BrokenStatement& broken) {
              if (broken.keyword == "route" || broken.keyword == "include") routes.excuse_gaps();
            },
            [&](const RouteEntry& route) { routes.apply(route); },
            [&](const RouteLink& route) { routes.apply(route); },
            [&](const RouteNextHop& route) { routes.apply(route); },
            [&](const auto& of_template) { templates.apply(of_template); },
        },
        statement.content);

  auto topology = routes.build();
  if (topology) bindings.check_reached(*topology);
  sort_by_place(diagnostics);
  if (has_errors(diagnostics)) return tl::unexpected(std::move(diagnostics));

  Configuration configuration;
  configuration.honeynet = std::make_shared<const Honeynet>(
      Honeynet::Parts{.topology = *std::move(topology),
                      .hosts = bindings.take_hosts(),
                      .default_template = templates.find_default(),
                      .router_template = plain_router(personalities)});
  configuration.addresses = addresses_of(*configuration.honeynet, routes.plan());
  configuration.scripts = list_scripts(parsed.statements);
  configuration.remarks = std::move(diagnostics);
  return configuration;
}

}  // namespace apiary

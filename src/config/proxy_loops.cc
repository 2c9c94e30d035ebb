#include "config/proxy_loops.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "config/port_values.h"
#include "config/proxy_values.h"

namespace apiary {
namespace {

// No chain of proxies that somebody writes is longer; the end of a longer one is not examined.
constexpr std::size_t chain_limit = 64;

/// Where a proxy leads, or a port of a template that has one.
struct ProxyStop {
  const HostTemplate* host_template = nullptr;
  IpProtocol protocol{};
  Port port;
  std::string address{};   // as the proxy has it; empty for the first stop
  bool is_certain = true;  // no real machine has the address

  bool is_at(const ProxyStop& other) const {
    return host_template == other.host_template && protocol == other.protocol && port == other.port;
  }
};

const Proxy* proxy_of(const PortAction& action) {
  const auto* const service = std::get_if<std::shared_ptr<const ServiceSpec>>(&action);
  return service == nullptr ? nullptr : std::get_if<Proxy>(service->get());
}

const Proxy* proxy_at(const ProxyStop& stop) {
  return proxy_of(stop.protocol == IpProtocol::tcp ? stop.host_template->tcp_action(stop.port)
                                                   : stop.host_template->udp_action(stop.port));
}

/// Adds `host_template`, or what a dynamic one can select.
void add_alternatives(const HostTemplatePtr& host_template, std::set<const HostTemplate*>& all) {
  if (!host_template->is_dynamic) {
    all.insert(host_template.get());
    return;
  }
  for (const Choice& choice : host_template->choices) add_alternatives(choice.host_template, all);
}

class ProxyLoops {
 public:
  ProxyLoops(const Honeynet& honeynet, const AddressSet& claimed,
             const std::map<std::string, TemplateLocations>& origins, Diagnostics& diagnostics)
      : honeynet_(honeynet), claimed_(claimed), origins_(origins), diagnostics_(diagnostics) {}

  void run() {
    std::set<const HostTemplate*> templates;
    const auto add = [&](const HostTemplatePtr& one) { add_alternatives(one, templates); };
    honeynet_.parts().hosts.visit_templates(
        [&](const HostTemplatePtr& one, std::uint64_t) { add(one); });
    if (honeynet_.parts().default_template != nullptr) add(honeynet_.parts().default_template);
    for (const DhcpHost& host : honeynet_.parts().dhcp) add(host.host_template);
    for (const HostTemplate* const one : templates) {
      examine(*one, IpProtocol::tcp, one->tcp_ports, one->tcp_default);
      examine(*one, IpProtocol::udp, one->udp_ports, one->udp_default);
    }
    for (const auto& [begin, end] : ends_)
      if (!reported_.contains(begin)) report_end(end);
  }

 private:
  /// A proxy that leads to a host without a proxy, or to one that leads elsewhere.
  struct End {
    Span place;
    ProxyStop host;
  };

  void examine(const HostTemplate& host_template, IpProtocol protocol,
               const std::map<Port, PortAction>& ports, const PortAction& otherwise) {
    for (const auto& [port, action] : ports)
      if (proxy_of(action) != nullptr) examine_from({&host_template, protocol, port});
    if (proxy_of(otherwise) == nullptr) return;
    Port unlisted{1};
    while (ports.contains(unlisted) && unlisted.number < 65535) ++unlisted.number;
    examine_from({&host_template, protocol, unlisted});
  }

  void examine_from(const ProxyStop& first) {
    const auto place = place_of(first);
    if (!place || reported_.contains(place->begin)) return;
    std::vector<ProxyStop> chain{first};
    while (chain.size() < chain_limit) {
      const auto next = next_stop(chain.back());
      if (!next) break;
      chain.push_back(*next);
      const bool is_loop = std::any_of(chain.begin(), chain.end() - 1,
                                       [&](const ProxyStop& stop) { return next->is_at(stop); });
      if (is_loop) return report_loop(*place, chain);
    }
    if (chain.size() > 1 && chain[1].is_certain) ends_.emplace(place->begin, End{*place, chain[1]});
  }

  /// The virtual host that the proxy at `stop` connects to. None: the visitor, a name, a Unix
  /// socket, an address that we do not answer for.
  std::optional<ProxyStop> next_stop(const ProxyStop& stop) const {
    const Proxy* const proxy = proxy_at(stop);
    if (proxy == nullptr || is_socket_path(proxy->target)) return {};
    const std::string_view target = proxy->target;
    const std::size_t colon = target.rfind(':');
    const std::string_view host = target.substr(0, colon), port = target.substr(colon + 1);
    ProxyStop next{stop.host_template, stop.protocol, stop.port, std::string(target), true};
    if (port != "$dport") {
      const auto number = read_port(port);
      if (!number) return {};  // $sport
      next.port = *number;
    }
    if (host == "$ipdst") return next;
    const auto address = parse_ip_address(host);
    if (!address || !claimed_.contains(*address) || is_real(*address)) return {};
    const HostTemplatePtr* const found = honeynet_.find_host(*address);
    if (found == nullptr) return {};
    next.is_certain = honeynet_.parts().hosts.find_single(*address) != nullptr;
    next.host_template = alternative_of(*found, next);
    return next.host_template == nullptr ? std::nullopt : std::optional(next);
  }

  /// Of a dynamic template, one that forwards the connection, if there is one.
  static const HostTemplate* alternative_of(const HostTemplatePtr& found, ProxyStop at) {
    std::set<const HostTemplate*> alternatives;
    add_alternatives(found, alternatives);
    for (const HostTemplate* const one : alternatives) {
      at.host_template = one;
      if (proxy_at(at) != nullptr) return one;
    }
    return alternatives.empty() ? nullptr : *alternatives.begin();
  }

  bool is_real(const IpAddress& address) const {
    const auto& machines = honeynet_.parts().physical_hosts;
    return std::any_of(machines.begin(), machines.end(),
                       [&](const PhysicalHost& machine) { return machine.address == address; });
  }

  std::optional<Span> place_of(const ProxyStop& stop) const {
    const auto known = origins_.find(stop.host_template->name);
    if (known == origins_.end()) return {};
    const auto port = known->second.ports.find({stop.protocol, stop.port});
    if (port != known->second.ports.end()) return port->second;
    return known->second.trait("default", name_of(stop.protocol));
  }

  void report_loop(Span place, const std::vector<ProxyStop>& chain) {
    std::string way;
    bool is_certain = true;
    for (const ProxyStop& stop : chain) {
      if (stop.address.empty()) continue;
      way += (way.empty() ? "" : ", ") + stop.address;
      is_certain = is_certain && stop.is_certain;
    }
    reported_.insert(place.begin);
    diagnostics_.push_back(
        {.severity = is_certain ? Severity::error : Severity::warning,
         .place = place,
         .message = fmt::format("this proxy connects to itself: {}", way),
         .hint = is_certain ? "forward to a machine that this configuration does not imitate"
                            : "bind the address to an interface if a real machine has it: "
                              "bind ADDRESS to INTERFACE"});
  }

  void report_end(const End& end) {
    diagnostics_.push_back(
        {.severity = Severity::warning,
         .place = end.place,
         .message = fmt::format("{} is a host of this configuration, and the daemon refuses "
                                "connections of its own proxies",
                                end.host.address),
         .hint = "forward to a machine that this configuration does not imitate"});
  }

  const Honeynet& honeynet_;
  const AddressSet& claimed_;
  const std::map<std::string, TemplateLocations>& origins_;
  Diagnostics& diagnostics_;
  // By place: ports of a range, and clones, share one.
  std::set<std::uint32_t> reported_;
  std::map<std::uint32_t, End> ends_;
};

}  // namespace

void find_proxy_loops(const Honeynet& honeynet, const AddressSet& claimed,
                      const std::map<std::string, TemplateLocations>& origins,
                      Diagnostics& diagnostics) {
  ProxyLoops(honeynet, claimed, origins, diagnostics).run();
}

}  // namespace apiary

#include "device/kernel_guard.h"

#include <fmt/format.h>
#include <net/if.h>

#include <cerrno>
#include <fstream>
#include <map>
#include <memory>
#include <utility>

#include "device/daemon_registry.h"
#include "device/network_interface.h"

namespace apiary {
namespace {

// A routing table for each interface of each daemon, with numbers that others do not use.
constexpr std::uint32_t first_table = 1'040'000;
constexpr std::uint32_t end_of_tables =
    first_table + guard_number(DaemonRegistry::max_number + 1, 0);

/// Removes the rule and the blackhole routes of `table`, if they exist.
void remove_routing(Netlink& netlink, const std::string& interface, std::uint32_t table) {
  while (netlink.remove_rule({interface, table})) {
  }
  if (const auto routes = netlink.black_holes())
    for (const KernelRoute& route : *routes)
      if (route.table == table) (void)netlink.remove_route(route);
}

}  // namespace

KernelGuard::KernelGuard(Netlink netlink, std::string interface, std::uint32_t table)
    : black_holes_(std::move(netlink), {.table = table}),
      interface_(std::move(interface)),
      table_(table) {}

KernelGuard::KernelGuard(KernelGuard&& other) noexcept
    : filter_(std::move(other.filter_)),
      black_holes_(std::move(other.black_holes_)),
      interface_(std::move(other.interface_)),
      table_(other.table_),
      gap_(std::move(other.gap_)),
      active_(std::exchange(other.active_, false)) {}

KernelGuard::~KernelGuard() {
  if (active_) remove_routing(black_holes_.netlink(), interface_, table_);
}

tl::expected<KernelGuard, SystemError> KernelGuard::prepare(std::string_view interface,
                                                            std::uint32_t number) {
  const auto found = find_interface(interface);
  if (!found) return tl::unexpected(found.error());
  auto netlink = Netlink::open();
  if (!netlink) return tl::unexpected(netlink.error());
  const std::uint32_t table = first_table + number;
  remove_routing(*netlink, found->name, table);
  return KernelGuard(std::move(*netlink), found->name, table);
}

tl::expected<KernelGuard, SystemError> KernelGuard::impose(std::string_view interface,
                                                           const AddressSet& claimed,
                                                           std::uint32_t number) {
  auto guard = prepare(interface, number);
  if (!guard) return guard;
  auto filter = IngressFilter::install(guard->interface_, claimed);
  if (!filter) return impose_by_routes(interface, claimed, filter.error(), number);
  guard->filter_ = std::move(*filter);
  return guard;
}

tl::expected<KernelGuard, SystemError> KernelGuard::impose_by_routes(std::string_view interface,
                                                                     const AddressSet& claimed,
                                                                     const SystemError& why,
                                                                     std::uint32_t number) {
  auto guard = prepare(interface, number);
  if (!guard) return guard;
  if (const auto covered = guard->change_to(claimed); !covered)
    return tl::unexpected(covered.error());
  const KernelRule rule{guard->interface_, guard->table_};
  if (const auto added = guard->black_holes_.netlink().add_rule(rule); !added)
    return tl::unexpected(added.error());
  guard->gap_ = fmt::format(
      "the kernel answers malformed IP options sent to honeypots on {}, from this machine's own "
      "address: {}",
      guard->interface_, to_string(why));
  return guard;
}

tl::expected<void, SystemError> KernelGuard::change_to(const AddressSet& claimed) {
  return filter_ ? filter_->change_to(claimed) : black_holes_.change_to(claimed);
}

tl::expected<void, SystemError> KernelGuard::impose_again() {
  if (filter_) {  // the kernel removed its chain with the interface
    auto filter = IngressFilter::install(interface_, filter_->covered());
    if (!filter) return tl::unexpected(filter.error());
    filter_ = std::move(*filter);
    return {};
  }
  // The kernel keeps a rule for a removed interface, and applies it to the next one of that name.
  const auto added = black_holes_.netlink().add_rule({interface_, table_});
  if (!added && added.error().number != EEXIST) return added;
  return {};
}

tl::expected<void, SystemError> remove_orphaned_guards(unsigned own) {
  auto netlink = Netlink::open();
  if (!netlink) return tl::unexpected(netlink.error());
  std::map<unsigned, bool> alive{{own, false}};  // by number
  const auto is_orphaned = [&](std::uint32_t table) {
    if (table < first_table || table >= end_of_tables) return false;
    const unsigned daemon = (table - first_table) / guard_number(1, 0);
    if (!alive.contains(daemon)) alive[daemon] = DaemonRegistry::is_alive(daemon);
    return !alive[daemon];
  };
  const auto rules = netlink->rules();
  if (!rules) return tl::unexpected(rules.error());
  for (const KernelRule& rule : *rules)
    if (is_orphaned(rule.table))
      if (auto removed = netlink->remove_rule(rule); !removed) return removed;
  const auto routes = netlink->black_holes();
  if (!routes) return tl::unexpected(routes.error());
  for (const KernelRoute& route : *routes)
    if (is_orphaned(route.table))
      if (auto removed = netlink->remove_route(route); !removed) return removed;
  return {};
}

bool forwarding_is_on() {
  const std::unique_ptr<struct if_nameindex, void (*)(struct if_nameindex*)> all(if_nameindex(),
                                                                                 if_freenameindex);
  std::string text;
  for (const struct if_nameindex* at = all.get(); at != nullptr && at->if_index != 0; ++at) {
    std::ifstream file("/proc/sys/net/ipv4/conf/" + std::string(at->if_name) + "/forwarding");
    if (file >> text && text != "0") return true;
  }
  return false;
}

}  // namespace apiary

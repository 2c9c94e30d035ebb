#include "device/kernel_silence.h"

#include <fmt/format.h>
#include <net/if.h>

#include <fstream>
#include <memory>
#include <utility>

#include "device/network_interface.h"

namespace apiary {
namespace {

// One routing table for each interface, out of everybody's way.
constexpr std::uint32_t first_table = 1'040'000;

/// Removes our rule and our black holes, as far as they are there.
void lift(Netlink& netlink, const std::string& interface, std::uint32_t table) {
  while (netlink.remove_rule({interface, table})) {
  }
  if (const auto routes = netlink.black_holes(table))
    for (const KernelRoute& route : *routes) (void)netlink.remove_route(route);
}

}  // namespace

KernelSilence::KernelSilence(Netlink netlink, std::string interface, std::uint32_t table)
    : black_holes_(std::move(netlink), {.table = table}),
      interface_(std::move(interface)),
      table_(table) {}

KernelSilence::KernelSilence(KernelSilence&& other) noexcept
    : filter_(std::move(other.filter_)),
      black_holes_(std::move(other.black_holes_)),
      interface_(std::move(other.interface_)),
      table_(other.table_),
      gap_(std::move(other.gap_)),
      active_(std::exchange(other.active_, false)) {}

KernelSilence::~KernelSilence() {
  if (active_) lift(black_holes_.netlink(), interface_, table_);
}

tl::expected<KernelSilence, SystemError> KernelSilence::prepare(std::string_view interface) {
  const auto found = find_interface(interface);
  if (!found) return tl::unexpected(found.error());
  auto netlink = Netlink::open();
  if (!netlink) return tl::unexpected(netlink.error());
  const std::uint32_t table = first_table + static_cast<std::uint32_t>(found->index);
  lift(*netlink, found->name, table);
  return KernelSilence(std::move(*netlink), found->name, table);
}

tl::expected<KernelSilence, SystemError> KernelSilence::impose(std::string_view interface,
                                                               const AddressSet& claimed) {
  auto silence = prepare(interface);
  if (!silence) return silence;
  auto filter = IngressFilter::install(silence->interface_, claimed);
  if (!filter) return impose_by_routes(interface, claimed, filter.error());
  silence->filter_ = std::move(*filter);
  return silence;
}

tl::expected<KernelSilence, SystemError> KernelSilence::impose_by_routes(std::string_view interface,
                                                                         const AddressSet& claimed,
                                                                         const SystemError& why) {
  auto silence = prepare(interface);
  if (!silence) return silence;
  if (const auto covered = silence->change_to(claimed); !covered)
    return tl::unexpected(covered.error());
  const KernelRule rule{silence->interface_, silence->table_};
  if (const auto added = silence->black_holes_.netlink().add_rule(rule); !added)
    return tl::unexpected(added.error());
  silence->gap_ = fmt::format(
      "the kernel answers malformed IP options sent to honeypots on {}, from this machine's own "
      "address: {}",
      silence->interface_, to_string(why));
  return silence;
}

tl::expected<void, SystemError> KernelSilence::change_to(const AddressSet& claimed) {
  return filter_ ? filter_->change_to(claimed) : black_holes_.change_to(claimed);
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

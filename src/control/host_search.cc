#include <algorithm>
#include <cctype>

#include "control/reports.h"
#include "honeynet/nic_addresses.h"

namespace apiary {
namespace {

constexpr std::uint64_t max_searched = 1'000'000;

/// Searches the bound hosts.
class HostSearch {
 public:
  HostSearch(const HostDirectory& directory, const HostQuery& query)
      : directory_(directory),
        honeynet_(*directory.honeynet),
        query_(query),
        network_(parse_ip_prefix(query.text)) {}

  FoundHosts run() {
    if (query_.among) {
      for (const IpAddress& address : *query_.among) consider(address);
      return std::move(found_);
    }
    const AddressSet addresses = honeynet_.parts().hosts.addresses();
    for (const AddressRange& range : addresses.ranges())
      if (!query_.text.empty() && !network_)
        search(range);
      else
        skip_to_page(range);
    return std::move(found_);
  }

 private:
  /// A host with a lease of `address` precedes the configured one.
  void consider(const IpAddress& address) {
    const auto leased =
        std::ranges::find_if(directory_.dhcp_clients, [&](const DhcpClientStatus& client) {
          return client.lease && client.lease->address == address;
        });
    if (leased != directory_.dhcp_clients.end())
      return consider(address, leased->template_name, leased->personality, leased->mac);
    const HostTemplatePtr* const found = honeynet_.find_host(address);
    if (found != nullptr && *found != nullptr)
      consider(address, (*found)->name, (*found)->personality->name,
               nic_address(honeynet_, address, directory_.host_key));
  }
  void consider(const IpAddress& address, const std::string& template_name,
                const std::string& personality, const std::optional<MacAddress>& mac) {
    const bool matches = network_
                             ? network_->contains(address)
                             : query_.text.empty() || is_alike(address, template_name, personality);
    if (matches && found_.total++ >= query_.offset && found_.hosts.size() < query_.limit)
      list(address, template_name, personality, mac);
  }

  /// All of the range matches, or its part in the network.
  void skip_to_page(const AddressRange& range) {
    std::uint64_t first = range.first.v4_value(), last = range.last.v4_value();
    if (network_) {
      first = std::max<std::uint64_t>(first, network_->first().v4_value());
      last = std::min<std::uint64_t>(last, network_->last().v4_value());
    }
    if (first > last) return;
    const std::uint64_t count = last - first + 1;
    const std::uint64_t skipped =
        std::min(count, query_.offset - std::min<std::uint64_t>(query_.offset, found_.total));
    for (std::uint64_t i = skipped; i < count && found_.hosts.size() < query_.limit; ++i)
      list_bound(IpAddress::v4(static_cast<std::uint32_t>(first + i)));
    found_.total += count;
  }

  void search(const AddressRange& range) {
    for (std::uint64_t value = range.first.v4_value(); value <= range.last.v4_value(); ++value) {
      if (++searched_ > max_searched) return;
      const IpAddress address = IpAddress::v4(static_cast<std::uint32_t>(value));
      const HostTemplate& host_template = template_at(address);
      if (!is_alike(address, host_template.name, host_template.personality->name)) continue;
      if (found_.total++ >= query_.offset && found_.hosts.size() < query_.limit)
        list(address, host_template);
    }
  }

  bool is_alike(const IpAddress& address, const std::string& template_name,
                const std::string& personality) const {
    return contains(to_string(address)) || contains(template_name) || contains(personality);
  }

  bool contains(const std::string& text) const {
    const auto same = [](unsigned char a, unsigned char b) {
      return std::tolower(a) == std::tolower(b);
    };
    return std::search(text.begin(), text.end(), query_.text.begin(), query_.text.end(), same) !=
           text.end();
  }

  const HostTemplate& template_at(const IpAddress& address) const {
    const HostMap& hosts = honeynet_.parts().hosts;
    const HostTemplatePtr* const single = hosts.find_single(address);
    return single != nullptr ? **single : **hosts.find_range(address);
  }

  void list_bound(const IpAddress& address) { list(address, template_at(address)); }
  void list(const IpAddress& address, const HostTemplate& host_template) {
    list(address, host_template.name, host_template.personality->name,
         nic_address(honeynet_, address, directory_.host_key));
  }
  void list(const IpAddress& address, const std::string& template_name,
            const std::string& personality, const std::optional<MacAddress>& mac) {
    found_.hosts.push_back({address, template_name, personality, mac});
  }

  const HostDirectory& directory_;
  const Honeynet& honeynet_;
  const HostQuery& query_;
  const std::optional<IpPrefix> network_;
  FoundHosts found_;
  std::uint64_t searched_ = 0;
};

}  // namespace

FoundHosts find_hosts(const HostDirectory& directory, const HostQuery& query) {
  return HostSearch(directory, query).run();
}

}  // namespace apiary

#include "config/nic_registry.h"

#include <fmt/format.h>

namespace apiary {
namespace {

Diagnostic unknown_vendor(const Located<std::string>& name, const std::string& what_to_do) {
  return {.place = name.place,
          .message = fmt::format("no vendor of network cards is called \"{}\"", name.value),
          .hint = what_to_do.empty()
                      ? "a MAC address, such as \"00:11:22:33:44:55\", is also possible"
                      : what_to_do};
}

Diagnostic stand_in_warning(const Located<std::string>& name, const std::string& stand_in) {
  return {
      .severity = Severity::warning,
      .place = name.place,
      .message = fmt::format("no vendor of network cards is called \"{}\"; \"{}\" is used instead",
                             name.value, stand_in)};
}

}  // namespace

std::shared_ptr<const NicProfile> NicRegistry::find(const Located<std::string>& text,
                                                    Diagnostics& diagnostics) {
  const auto address = parse_mac_address(text.value);
  const std::string name = address ? to_string(*address) : text.value;
  if (const auto known = entries_.find(name); known != entries_.end() && known->second.nic)
    return known->second.nic;
  Entry& entry = entries_[name];
  entry.place = text.place;
  auto nic = std::make_shared<NicProfile>(NicProfile{.name = name});
  if (address) {
    nic->address = *address;
    nic->prefixes = {{address->bytes[0], address->bytes[1], address->bytes[2]}};
  } else {
    tl::expected<FoundVendor, std::string> found = tl::unexpected(std::string{});
    if (vendors_ != nullptr) found = vendors_->find(name);
    if (!found) {
      diagnostics.push_back(unknown_vendor(text, found.error()));
      return nullptr;
    }
    if (!found->stand_in.empty()) diagnostics.push_back(stand_in_warning(text, found->stand_in));
    nic->prefixes = std::move(found->prefixes);
  }
  return entry.nic = std::move(nic);
}

void NicRegistry::finish(const HostMap& hosts, const HostTemplatePtr& default_template,
                         const std::vector<DhcpHost>& dhcp, Diagnostics& diagnostics) {
  std::map<const NicProfile*, std::uint64_t> users;
  for (const DhcpHost& host : dhcp) ++users[host.nic.get()];
  hosts.visit_templates([&](const HostTemplatePtr& host_template, std::uint64_t count) {
    users[machine_on_link(*host_template).nic.get()] += count;
  });
  constexpr std::uint64_t many = 2;
  if (default_template != nullptr) users[machine_on_link(*default_template).nic.get()] += many;
  for (auto& [name, entry] : entries_) {
    if (entry.nic == nullptr || !entry.nic->address || users[entry.nic.get()] <= 1) continue;
    entry.nic->address.reset();
    diagnostics.push_back({.severity = Severity::notice,
                           .place = entry.place,
                           .message = fmt::format("several hosts cannot share {}: each keeps its "
                                                  "first three bytes and has a rest of its own",
                                                  name)});
  }
}

}  // namespace apiary

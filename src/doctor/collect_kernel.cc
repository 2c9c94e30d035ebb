#include <cap-ng.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "device/ingress_filter.h"
#include "device/kernel_guard.h"
#include "doctor/collect_snapshot.h"
#include "doctor/firewall_text.h"
#include "posix/run_program.h"
#include "setup/load.h"
#include "setup/reverse_path_table.h"

namespace apiary {
namespace {

std::string first_word_of(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

/// A number below /proc/sys/net/ipv4/conf; 0 if there is none.
int setting(const std::string& interface, const std::string& name) {
  std::ifstream file("/proc/sys/net/ipv4/conf/" + interface + "/" + name);
  int value = 0;
  file >> value;
  return value;
}

Rights collect_rights() {
  capng_get_caps_process();
  const auto has = [](unsigned capability) {
    return capng_have_capability(CAPNG_EFFECTIVE, capability) == 1;
  };
  return {has(CAP_NET_RAW), has(CAP_NET_ADMIN),
          geteuid() != 0 || (has(CAP_SETUID) && has(CAP_SETGID))};
}

void collect_firewalls(SystemSnapshot& snapshot) {
  const auto nft = run_program({"nft", "-j", "list", "ruleset"}, "", true);
  snapshot.could_read_firewall = nft && nft->status == 0;
  if (snapshot.could_read_firewall)
    if (auto rules = parse_nft_json(nft->output)) snapshot.firewalls.push_back(std::move(*rules));
  // The tables of iptables-legacy are separate; nft does not list them.
  if (first_word_of("/proc/net/ip_tables_names").empty()) return;
  const auto legacy = run_program({"iptables-legacy-save"}, "", true);
  if (legacy && legacy->status == 0)
    snapshot.firewalls.push_back(parse_iptables_save(legacy->output));
  else
    snapshot.could_read_firewall = false;
}

std::string collect_hypervisor() {
  const auto maker = read_file("/sys/class/dmi/id/sys_vendor");
  const auto product = read_file("/sys/class/dmi/id/product_name");
  const std::string text = maker.value_or("") + product.value_or("");
  for (const auto& [word, name] :
       {std::pair{"VMware", "VMware"}, std::pair{"VirtualBox", "VirtualBox"},
        std::pair{"Virtual Machine", "Hyper-V"}, std::pair{"Amazon", "a cloud"},
        std::pair{"Google", "a cloud"}, std::pair{"DigitalOcean", "a cloud"},
        std::pair{"Hetzner", "a cloud"}, std::pair{"KVM", "KVM"}, std::pair{"QEMU", "KVM"}})
    if (text.find(word) != std::string::npos) return name;
  return "";
}

}  // namespace

void collect_kernel(SystemSnapshot& snapshot) {
  snapshot.rights = collect_rights();
  snapshot.hypervisor = collect_hypervisor();
  const InterfaceView& interface = snapshot.interface;
  const std::string& name = interface.exists ? interface.name : "default";
  snapshot.forwards = forwarding_is_on();
  if (!snapshot.rights.routing)
    snapshot.no_ingress_filter = "that takes CAP_NET_ADMIN";
  else if (interface.exists && interface.is_ethernet)
    if (const auto possible = IngressFilter::check(name); !possible)
      snapshot.no_ingress_filter = to_string(possible.error());
  snapshot.reverse_path = std::max(setting("all", "rp_filter"), setting(name, "rp_filter"));
  snapshot.answers_arp_for_others =
      !interface.is_tun && setting("all", "proxy_arp") + setting(name, "proxy_arp") > 0;
  std::error_code ignored;
  snapshot.has_tun_device = std::filesystem::exists("/dev/net/tun", ignored);
  snapshot.knows_tun = read_file("/proc/misc").value_or("").find(" tun\n") != std::string::npos;
  snapshot.routes = read_routes().value_or(std::vector<SeenRoute>{});
  snapshot.rules = read_rules().value_or(std::vector<SeenRule>{});
  if (interface.is_ethernet) {
    const InterfaceSettings settings[] = {{.name = name}};
    const auto paths = make_reverse_paths(settings, read_links().value_or(std::vector<SeenLink>{}),
                                          snapshot.routes, snapshot.rules, false);
    for (const std::string& sentence :
         asymmetric_interfaces(settings, paths, snapshot.routes, snapshot.rules))
      snapshot.refused_visitors = sentence;
  }
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) snapshot.max_open_files = files.rlim_max;
  collect_firewalls(snapshot);
}

}  // namespace apiary

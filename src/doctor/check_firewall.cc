#include <fmt/format.h>

#include <algorithm>

#include "doctor/checks.h"

namespace apiary {
namespace {

/// Traffic that must pass a hook of the kernel's packet filter, and its name for messages.
struct PacketPassage {
  std::string_view hook;
  CheckedTraffic traffic;
  std::string_view what;
};

/// In tun mode, the kernel forwards all packets.
std::vector<PacketPassage> passages_of_tun(const SystemSnapshot& s) {
  const std::string& tun = s.interface.name;
  const AddressSet* const claim = &s.request.claimed;
  return {
      {"prerouting", {.destination = claim}, "packets for honeypots"},
      {"forward", {.out = tun, .destination = claim}, "packets for honeypots"},
      {"forward", {.in = tun, .source = claim, .is_answer = true}, "what honeypots answer"},
      {"output", {.out = tun, .destination = claim}, "this machine's packets for honeypots"},
      {"input",
       {.in = tun, .source = claim, .is_answer = true},
       "honeypots' answers to this machine"},
  };
}

/// On a bridge, packets to and from this machine also pass hooks of the family bridge.
std::vector<PacketPassage> passages_of_bridge(const SystemSnapshot& s) {
  const AddressSet* const claim = &s.request.claimed;
  std::vector<PacketPassage> passages;
  for (const std::string_view hook : {"prerouting", "input"}) {
    passages.push_back({hook, {.destination = claim}, "packets for honeypots"});
    passages.push_back({hook, {.protocol = "arp"}, "ARP"});
  }
  for (const std::string_view hook : {"output", "postrouting"}) {
    passages.push_back({hook, {.source = claim, .is_answer = true}, "what honeypots answer"});
    passages.push_back({hook, {.protocol = "arp"}, "ARP"});
  }
  return passages;
}

/// Packet sockets receive before the packet filter, and their packets pass only its egress hook.
std::vector<PacketPassage> passages_of_egress(const SystemSnapshot& s) {
  return {{"egress",
           {.out = s.interface.name, .source = &s.request.claimed, .is_answer = true},
           "what honeypots answer"},
          {"egress", {.out = s.interface.name, .protocol = "arp"}, "ARP"}};
}

class FirewallCheck {
 public:
  FirewallCheck(const SystemSnapshot& snapshot, Findings& findings)
      : s_(snapshot), findings_(findings), before_(findings.size()) {}

  void run() {
    if (s_.interface.is_tun) {
      look({"ip", "inet"}, passages_of_tun(s_));
    } else {
      look({"netdev"}, passages_of_egress(s_));
      if (s_.interface.kind == "bridge") look({"bridge"}, passages_of_bridge(s_));
      look_for_diversions();
    }
    if (s_.request.has_proxies)
      look({"ip", "inet"},
           {{"output",
             {.user = RunRequest::daemon_user, .user_number = s_.request.daemon_number},
             "connections of proxies"}});
    if (findings_.size() == before_) report_nothing();
  }

 private:
  using Families = std::vector<std::string_view>;

  bool is_looked_at(const FirewallChain& chain, const Families& families) const {
    return std::ranges::find(families, chain.family) != families.end() &&
           (chain.device.empty() || chain.device == s_.interface.name);
  }

  void look(const Families& families, const std::vector<PacketPassage>& passages) {
    for (const Firewall& firewall : s_.firewalls)
      for (const FirewallChain& chain : firewall.chains) {
        if (!is_looked_at(chain, families)) continue;
        for (const PacketPassage& passage : passages)
          if (chain.hook == passage.hook) judge(firewall, chain, passage);
      }
  }

  void judge(const Firewall& firewall, const FirewallChain& chain, const PacketPassage& passage) {
    const PacketVerdict verdict = verdict_in(firewall, chain, passage.traffic);
    if (verdict != PacketVerdict::dropped && verdict != PacketVerdict::perhaps_dropped) return;
    add(verdict == PacketVerdict::dropped ? CheckStatus::fail : CheckStatus::warn,
        fmt::format("the chain {} {} {} {} {}", chain.family, chain.table, chain.name,
                    verdict == PacketVerdict::dropped ? "drops" : "may drop", passage.what),
        command_to_accept(firewall, chain, passage.traffic));
  }

  /// Address translation before routing: the kernel then treats packets for honeypots as its own.
  void look_for_diversions() {
    const CheckedTraffic traffic{.in = s_.interface.name, .destination = &s_.request.claimed};
    for (const Firewall& firewall : s_.firewalls)
      for (const FirewallChain& chain : firewall.chains) {
        if (!is_looked_at(chain, {"ip", "inet"}) || chain.hook != "prerouting") continue;
        const PacketVerdict verdict = verdict_in(firewall, chain, traffic);
        if (verdict != PacketVerdict::diverted && verdict != PacketVerdict::perhaps_diverted)
          continue;
        add(verdict == PacketVerdict::diverted ? CheckStatus::fail : CheckStatus::warn,
            fmt::format("the chain {} {} {} redirects packets for honeypots, or some of them, so "
                        "that the kernel answers them",
                        chain.family, chain.table, chain.name),
            command_to_accept(firewall, chain, traffic));
      }
  }

  void add(CheckStatus verdict, std::string explanation, std::string command) {
    findings_.push_back({"firewall", verdict, std::move(explanation), std::move(command)});
  }

  void report_nothing() {
    if (!s_.could_read_firewall && s_.interface.is_tun)
      add(CheckStatus::warn, "its rules cannot be read, and packets pass through it here",
          s_.rights.routing ? "apt install nftables" : "");
    else if (!s_.could_read_firewall)
      add(CheckStatus::ok,
          "its rules cannot be read; few could matter, as apiary receives packets before they "
          "apply",
          "");
    else
      add(CheckStatus::ok,
          s_.interface.is_tun ? "no rule is in the way"
                              : "no rule is in the way; most could not be, as apiary receives "
                                "packets before they apply",
          "");
  }

  const SystemSnapshot& s_;
  Findings& findings_;
  std::size_t before_;
};

}  // namespace

void check_firewall(const SystemSnapshot& snapshot, Findings& findings) {
  if (!snapshot.request.claimed.empty()) FirewallCheck(snapshot, findings).run();
}

}  // namespace apiary

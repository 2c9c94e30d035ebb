#include "doctor/firewall.h"

#include <fmt/format.h>

#include <algorithm>

namespace apiary {
namespace {

enum class Answer { no, maybe, yes };

Answer negated(Answer answer) {
  if (answer == Answer::maybe) return answer;
  return answer == Answer::yes ? Answer::no : Answer::yes;
}

/// Whether an interface's name matches that of a rule; a final * matches any rest.
Answer is_called(const std::string& interface, const FirewallMatch& match) {
  if (interface.empty()) return Answer::maybe;
  for (const std::string& value : match.values) {
    const bool is_open = value.ends_with('*') || value.ends_with('+');
    const std::string_view stem =
        std::string_view(value).substr(0, value.size() - (is_open ? 1 : 0));
    if (is_open ? interface.starts_with(stem) : interface == value) return Answer::yes;
  }
  return Answer::no;
}

/// Whether addresses of `set` are among those of the rule: all, some or none.
Answer are_among(const AddressSet* set, const FirewallMatch& match) {
  if (set == nullptr || set->empty()) return Answer::maybe;
  AddressSet named;
  for (const std::string& value : match.values) {
    const auto range = parse_address_range(value);
    if (!range) return Answer::maybe;  // a named set, or IPv6
    named.add(*range);
  }
  bool all = true, none = true;
  for (const AddressRange& ours : set->ranges()) {
    bool is_inside = false;
    for (const AddressRange& theirs : named.ranges()) {
      if (theirs.first <= ours.first && ours.last <= theirs.last) is_inside = true;
      if (theirs.first <= ours.last && ours.first <= theirs.last) none = false;
    }
    all = all && is_inside;
  }
  return all ? Answer::yes : none ? Answer::no : Answer::maybe;
}

Answer is_in(const FirewallMatch& match, std::string_view value) {
  return std::ranges::find(match.values, value) == match.values.end() ? Answer::no : Answer::yes;
}

Answer judge(const FirewallMatch& match, const CheckedTraffic& traffic) {
  Answer answer = Answer::maybe;
  if (match.key == "iifname") answer = is_called(traffic.in, match);
  if (match.key == "oifname") answer = is_called(traffic.out, match);
  if (match.key == "saddr" || match.key == "daddr")
    answer = traffic.protocol == "arp" ? Answer::no
             : match.key == "saddr"    ? are_among(traffic.source, match)
                                       : are_among(traffic.destination, match);
  if (match.key == "state") answer = is_in(match, traffic.is_answer ? "established" : "new");
  if (match.key == "protocol") answer = is_in(match, traffic.protocol);
  if (match.key == "skuid" && !traffic.user.empty())
    answer = std::max(is_in(match, traffic.user), is_in(match, traffic.user_number));
  // Type "local": an address of this machine, which honeypots' addresses are not.
  if (match.key == "addrtype") answer = Answer::no;
  return match.is_negated ? negated(answer) : answer;
}

/// Follows a packet through chains and collects the possible verdicts.
class Walk {
 public:
  Walk(const Firewall& firewall, const CheckedTraffic& traffic)
      : firewall_(firewall), traffic_(traffic) {}

  PacketVerdict through(const FirewallChain& chain) {
    if (const Step end = follow(chain, true, 0); end != Step::on)
      return end == Step::accepted   ? with_doubt(PacketVerdict::passes)
             : end == Step::diverted ? PacketVerdict::diverted
                                     : PacketVerdict::dropped;
    if (chain.drops_the_rest)
      return may_accept_ ? PacketVerdict::perhaps_dropped : PacketVerdict::dropped;
    return with_doubt(PacketVerdict::passes);
  }

 private:
  enum class Step { on, accepted, dropped, diverted };
  static constexpr int deepest = 16;  // the kernel's own bound on jumps

  PacketVerdict with_doubt(PacketVerdict otherwise) const {
    if (may_drop_) return PacketVerdict::perhaps_dropped;
    return may_divert_ ? PacketVerdict::perhaps_diverted : otherwise;
  }

  /// The verdict of the chain on the traffic. Records verdicts that are not `certain` and
  /// continues.
  Step follow(const FirewallChain& chain, bool certain, int depth) {
    using RuleVerdict = FirewallRule::RuleVerdict;
    if (depth > deepest) return Step::on;
    for (const FirewallRule& rule : chain.rules) {
      Answer matches = Answer::yes;
      for (const FirewallMatch& match : rule.matches)
        matches = std::min(matches, judge(match, traffic_));
      if (matches == Answer::no || rule.verdict == RuleVerdict::nothing) continue;
      const bool surely = certain && matches == Answer::yes;
      if (rule.verdict == RuleVerdict::leave && surely) return Step::on;
      Step step = Step::on;
      if (rule.verdict == RuleVerdict::accept) step = Step::accepted;
      if (rule.verdict == RuleVerdict::drop) step = Step::dropped;
      if (rule.verdict == RuleVerdict::divert) step = Step::diverted;
      if (rule.verdict == RuleVerdict::jump || rule.verdict == RuleVerdict::go_to) {
        if (const FirewallChain* const target = find(chain, rule.target))
          step = follow(*target, surely, depth + 1);
        if (rule.verdict == RuleVerdict::go_to && surely) return step;
      }
      if (surely && step != Step::on) return step;
      may_accept_ = may_accept_ || step == Step::accepted;
      may_drop_ = may_drop_ || step == Step::dropped;
      may_divert_ = may_divert_ || step == Step::diverted;
    }
    return Step::on;
  }

  const FirewallChain* find(const FirewallChain& from, const std::string& name) const {
    for (const FirewallChain& chain : firewall_.chains)
      if (chain.family == from.family && chain.table == from.table && chain.name == name)
        return &chain;
    return nullptr;
  }

  const Firewall& firewall_;
  const CheckedTraffic& traffic_;
  bool may_accept_ = false, may_drop_ = false, may_divert_ = false;
};

/// The addresses as a set in nft's syntax, or a single one.
std::string nft_addresses(const AddressSet& set) {
  const std::string text = to_string(set);
  return set.prefixes().size() == 1 ? text : "{ " + text + " }";
}

std::string nft_command(const FirewallChain& chain, const CheckedTraffic& traffic) {
  std::string rule;
  if (!traffic.in.empty() && chain.hook != "egress")
    rule += fmt::format("iifname \"{}\" ", traffic.in);
  if (!traffic.out.empty() && chain.family != "netdev" && chain.family != "bridge")
    rule += fmt::format("oifname \"{}\" ", traffic.out);
  if (traffic.protocol == "arp")
    rule += "meta protocol arp ";
  else if (traffic.source != nullptr)
    rule += fmt::format("ip saddr {} ", nft_addresses(*traffic.source));
  else if (traffic.destination != nullptr)
    rule += fmt::format("ip daddr {} ", nft_addresses(*traffic.destination));
  if (!traffic.user.empty()) rule += fmt::format("meta skuid \"{}\" ", traffic.user);
  return fmt::format("nft 'insert rule {} {} {} {}accept'", chain.family, chain.table, chain.name,
                     rule);
}

std::string iptables_command(const std::string& tool, const FirewallChain& chain,
                             const CheckedTraffic& traffic) {
  std::string options = fmt::format("-t {} -I {}", chain.table, chain.name);
  if (!traffic.in.empty()) options += " -i " + traffic.in;
  if (!traffic.out.empty()) options += " -o " + traffic.out;
  if (!traffic.user.empty()) options += " -m owner --uid-owner " + traffic.user;
  const AddressSet* const addresses = traffic.source ? traffic.source : traffic.destination;
  if (addresses == nullptr) return fmt::format("{} {} -j ACCEPT", tool, options);
  std::string commands;
  for (const IpPrefix& prefix : addresses->prefixes())
    commands += fmt::format("{}{} {} {} {} -j ACCEPT", commands.empty() ? "" : " && ", tool,
                            options, traffic.source ? "-s" : "-d", to_string(prefix));
  return commands;
}

/// Whether iptables created the chain, and must still be able to read it.
bool is_of_iptables(const FirewallChain& chain) {
  return chain.family == "ip" &&
         std::ranges::none_of(chain.name, [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

PacketVerdict verdict_in(const Firewall& firewall, const FirewallChain& chain,
                         const CheckedTraffic& traffic) {
  return Walk(firewall, traffic).through(chain);
}

std::string command_to_accept(const Firewall& firewall, const FirewallChain& chain,
                              const CheckedTraffic& traffic) {
  if (firewall.tool != "nft") return iptables_command(firewall.tool, chain, traffic);
  return is_of_iptables(chain) ? iptables_command("iptables", chain, traffic)
                               : nft_command(chain, traffic);
}

}  // namespace apiary

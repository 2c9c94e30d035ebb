#include <algorithm>
#include <sstream>
#include <utility>

#include "doctor/firewall_text.h"

namespace apiary {
namespace {

using RuleVerdict = FirewallRule::RuleVerdict;

std::string in_lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return text;
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(in_lower_case(part));
  return parts;
}

void set_target(const std::string& target, FirewallRule& rule, RuleVerdict otherwise) {
  rule.verdict = otherwise;
  if (target == "ACCEPT") rule.verdict = RuleVerdict::accept;
  if (target == "DROP" || target == "REJECT" || target == "NFQUEUE")
    rule.verdict = RuleVerdict::drop;
  if (target == "DNAT" || target == "REDIRECT" || target == "TPROXY")
    rule.verdict = RuleVerdict::divert;
  if (target == "RETURN") rule.verdict = RuleVerdict::leave;
  rule.target = target;
}

/// The rule of a line `-A CHAIN OPTIONS`. Options after the target are the target's own.
FirewallRule parse_options(std::istringstream& words) {
  FirewallRule rule;
  bool is_negated = false;
  for (std::string word; words >> word;) {
    if (word == "!") {
      is_negated = true;
      continue;
    }
    std::string value;
    FirewallMatch match{.is_negated = std::exchange(is_negated, false)};
    if (word == "-i" || word == "-o" || word == "-s" || word == "-d") {
      words >> value;
      match.key = word == "-i"   ? "iifname"
                  : word == "-o" ? "oifname"
                  : word == "-s" ? "saddr"
                                 : "daddr";
      match.values = {value};
    } else if (word == "--state" || word == "--ctstate") {
      words >> value;
      match.key = "state";
      match.values = split_at_commas(value);
    } else if (word == "--dst-type" || word == "--src-type") {
      words >> value;
      match.key = "addrtype";
    } else if (word == "-m") {
      words >> value;  // the options of the module follow
      continue;
    } else if (word == "-j" || word == "-g") {
      words >> value;
      set_target(value, rule, word == "-j" ? RuleVerdict::jump : RuleVerdict::go_to);
      return rule;
    } else if (!word.starts_with('-')) {
      continue;  // the value of an unknown option
    }
    rule.matches.push_back(std::move(match));
  }
  return rule;
}

}  // namespace

Firewall parse_iptables_save(std::string_view text) {
  Firewall firewall{.chains = {}, .tool = "iptables-legacy"};
  std::istringstream lines{std::string(text)};
  std::string table;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string first, name, policy;
    words >> first;
    if (first.starts_with('*')) table = first.substr(1);
    if (first.starts_with(':')) {
      words >> policy;
      name = first.substr(1);
      firewall.chains.push_back({.family = "ip",
                                 .table = table,
                                 .name = name,
                                 .hook = policy == "-" ? "" : in_lower_case(name),
                                 .drops_the_rest = policy == "DROP"});
    }
    if (first != "-A") continue;
    words >> name;
    for (FirewallChain& chain : firewall.chains)
      if (chain.table == table && chain.name == name) chain.rules.push_back(parse_options(words));
  }
  return firewall;
}

}  // namespace apiary

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "doctor/firewall_text.h"

namespace apiary {
namespace {

using Json = nlohmann::json;
using RuleVerdict = FirewallRule::RuleVerdict;

const Json* member(const Json& value, const char* name) {
  if (!value.is_object()) return nullptr;
  const auto found = value.find(name);
  return found == value.end() ? nullptr : &*found;
}

std::string text_at(const Json& value, const char* name) {
  const Json* const found = member(value, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

/// The values on the right side of a match, as texts.
void collect_values(const Json& right, std::vector<std::string>& values) {
  if (right.is_string()) {
    values.push_back(right.get<std::string>());
  } else if (right.is_number()) {
    values.push_back(std::to_string(right.get<std::int64_t>()));
  } else if (right.is_array()) {
    for (const Json& each : right) collect_values(each, values);
  } else if (const Json* const set = member(right, "set")) {
    collect_values(*set, values);
  } else if (const Json* const either = member(right, "|")) {
    collect_values(*either, values);
  } else if (const Json* const prefix = member(right, "prefix")) {
    values.push_back(fmt::format("{}/{}", text_at(*prefix, "addr"), prefix->value("len", 32)));
  } else if (const Json* const range = member(right, "range"); range && range->size() == 2) {
    const Json &first = (*range)[0], &last = (*range)[1];
    if (first.is_string() && last.is_string())
      values.push_back(first.get<std::string>() + "-" + last.get<std::string>());
  }
}

/// The key on the left side of a match.
std::string key_of(const Json& left) {
  if (const Json* const meta = member(left, "meta")) {
    const std::string key = text_at(*meta, "key");
    if (key == "iif") return "iifname";
    if (key == "oif") return "oifname";
    return key;
  }
  if (const Json* const payload = member(left, "payload")) {
    const std::string protocol = text_at(*payload, "protocol"), field = text_at(*payload, "field");
    if (protocol == "ip") return field == "saddr" || field == "daddr" ? field : "ip " + field;
    if (protocol == "ether" && field == "type") return "protocol";
    return protocol + " " + field;
  }
  if (const Json* const ct = member(left, "ct")) return text_at(*ct, "key");
  if (const Json* const fib = member(left, "fib"))
    return text_at(*fib, "result") == "type" ? "addrtype" : "fib";
  return "";
}

/// Sets the verdict of `rule` from a statement that is one, or acts like one.
void read_verdict(const Json& statement, FirewallRule& rule) {
  const auto has = [&](const char* name) { return member(statement, name) != nullptr; };
  if (has("accept")) rule.verdict = RuleVerdict::accept;
  if (has("drop") || has("reject") || has("queue")) rule.verdict = RuleVerdict::drop;
  if (has("dnat") || has("redirect") || has("tproxy")) rule.verdict = RuleVerdict::divert;
  if (has("return")) rule.verdict = RuleVerdict::leave;
  for (const auto& [name, verdict] :
       {std::pair{"jump", RuleVerdict::jump}, std::pair{"goto", RuleVerdict::go_to}})
    if (const Json* const jump = member(statement, name)) {
      rule.verdict = verdict;
      rule.target = text_at(*jump, "target");
    }
  if (const Json* const extension = member(statement, "xt")) {
    const std::string name = text_at(*extension, "name");
    if (text_at(*extension, "type") == "match")
      rule.matches.push_back({.key = name == "addrtype" ? name : ""});
    if (name == "REJECT") rule.verdict = RuleVerdict::drop;
    if (name == "DNAT" || name == "REDIRECT" || name == "TPROXY")
      rule.verdict = RuleVerdict::divert;
  }
}

/// Adds the rule, or one for each element of a verdict map.
void add_rules(const Json& expressions, std::vector<FirewallRule>& rules) {
  FirewallRule rule;
  for (const Json& statement : expressions) {
    if (const Json* const match = member(statement, "match")) {
      const Json *const left = member(*match, "left"), *const right = member(*match, "right");
      if (left == nullptr || right == nullptr) continue;
      FirewallMatch wanted{.key = key_of(*left), .is_negated = text_at(*match, "op") == "!="};
      collect_values(*right, wanted.values);
      const std::string op = text_at(*match, "op");
      if (op != "==" && op != "!=" && op != "in") wanted.key.clear();
      rule.matches.push_back(std::move(wanted));
    } else if (const Json* const map = member(statement, "vmap")) {
      const Json *const key = member(*map, "key"), *const data = member(*map, "data");
      const Json* const pairs = data != nullptr ? member(*data, "set") : nullptr;
      if (key == nullptr || pairs == nullptr) continue;
      for (const Json& pair : *pairs) {
        if (!pair.is_array() || pair.size() != 2) continue;
        FirewallRule one = rule;
        FirewallMatch wanted{.key = key_of(*key)};
        collect_values(pair[0], wanted.values);
        one.matches.push_back(std::move(wanted));
        read_verdict(pair[1], one);
        rules.push_back(std::move(one));
      }
      return;
    } else {
      read_verdict(statement, rule);
    }
  }
  rules.push_back(std::move(rule));
}

}  // namespace

std::optional<Firewall> parse_nft_json(std::string_view json) {
  const Json root = Json::parse(json, nullptr, false);
  const Json* const list = member(root, "nftables");
  if (list == nullptr || !list->is_array()) return {};
  Firewall firewall;
  for (const Json& entry : *list) {
    if (const Json* const chain = member(entry, "chain"))
      firewall.chains.push_back({.family = text_at(*chain, "family"),
                                 .table = text_at(*chain, "table"),
                                 .name = text_at(*chain, "name"),
                                 .hook = text_at(*chain, "hook"),
                                 .device = text_at(*chain, "dev"),
                                 .drops_the_rest = text_at(*chain, "policy") == "drop"});
    const Json* const rule = member(entry, "rule");
    const Json* const expressions = rule != nullptr ? member(*rule, "expr") : nullptr;
    if (expressions == nullptr) continue;
    for (FirewallChain& chain : firewall.chains)
      if (chain.family == text_at(*rule, "family") && chain.table == text_at(*rule, "table") &&
          chain.name == text_at(*rule, "chain"))
        add_rules(*expressions, chain.rules);
  }
  return firewall;
}

}  // namespace apiary

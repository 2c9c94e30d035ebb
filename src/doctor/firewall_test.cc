#include "doctor/firewall.h"

#include <gtest/gtest.h>

#include "doctor/firewall_text.h"

namespace apiary {
namespace {

AddressSet set_of(std::string_view text) {
  AddressSet set;
  set.add(parse_address_range(text).value());
  return set;
}

/// A base chain at the hook forward, with these rules in JSON, as nft prints them.
Firewall forward_chain(std::string_view policy, std::string_view rules) {
  std::string text = R"({"nftables":[{"metainfo":{}},{"chain":{"family":"inet","table":"f",)"
                     R"("name":"fw","type":"filter","hook":"forward","prio":0,"policy":")" +
                     std::string(policy) +
                     R"("}},{"chain":{"family":"inet","table":"f","name":"other"}})";
  if (!rules.empty()) text += "," + std::string(rules);
  return parse_nft_json(text + "]}").value();
}

std::string rule(std::string_view expressions, std::string_view chain = "fw") {
  return R"({"rule":{"family":"inet","table":"f","chain":")" + std::string(chain) +
         R"(","handle":4,"expr":[)" + std::string(expressions) + "]}}";
}

std::string match(std::string_view left, std::string_view right, std::string_view op = "==") {
  return R"({"match":{"op":")" + std::string(op) + R"(","left":)" + std::string(left) +
         R"(,"right":)" + std::string(right) + "}}";
}

constexpr std::string_view oif = R"({"meta":{"key":"oifname"}})";
constexpr std::string_view daddr = R"({"payload":{"protocol":"ip","field":"daddr"}})";
constexpr std::string_view state = R"({"ct":{"key":"state"}})";
constexpr std::string_view accept = R"({"accept":null})";
constexpr std::string_view drop = R"({"drop":null})";

TEST(Firewall, FollowsRulesAsTheKernelDoes) {
  const AddressSet claim = set_of("10.0.0.0/24");
  const CheckedTraffic request{.out = "honey", .destination = &claim};
  const CheckedTraffic answer{.in = "honey", .source = &claim, .is_answer = true};
  struct Case {
    std::string_view name, policy;
    std::string rules;
    PacketVerdict of_request, of_answer;
  };
  const std::string comma = ",";
  for (const Case& c : {
           Case{"no rule, accept", "accept", "", PacketVerdict::passes, PacketVerdict::passes},
           Case{"no rule, drop", "drop", "", PacketVerdict::dropped, PacketVerdict::dropped},
           Case{"accepted by its interface", "drop",
                rule(match(oif, R"("honey")") + comma + std::string(accept)), PacketVerdict::passes,
                PacketVerdict::perhaps_dropped},
           Case{"accepted by the start of its interface's name", "drop",
                rule(match(oif, R"("hon*")") + comma + std::string(accept)), PacketVerdict::passes,
                PacketVerdict::perhaps_dropped},
           Case{"accepted for another interface", "drop",
                rule(match(oif, R"("eth1")") + comma + std::string(accept)), PacketVerdict::dropped,
                PacketVerdict::perhaps_dropped},
           Case{"dropped unless for another interface", "accept",
                rule(match(oif, R"("eth1")", "!=") + comma + std::string(drop)),
                PacketVerdict::dropped, PacketVerdict::perhaps_dropped},
           Case{"accepted by a prefix around it", "drop",
                rule(match(daddr, R"({"prefix":{"addr":"10.0.0.0","len":8}})") + comma +
                     std::string(accept)),
                PacketVerdict::passes, PacketVerdict::perhaps_dropped},
           Case{"a part of it accepted", "drop",
                rule(match(daddr, R"({"set":["10.0.0.7",{"range":["10.0.0.9","10.0.0.12"]}]})") +
                     comma + std::string(accept)),
                PacketVerdict::perhaps_dropped, PacketVerdict::perhaps_dropped},
           Case{"a part of it dropped", "accept",
                rule(match(daddr, R"("10.0.0.7")") + comma + std::string(drop)),
                PacketVerdict::perhaps_dropped, PacketVerdict::perhaps_dropped},
           Case{"other addresses dropped", "accept",
                rule(match(daddr, R"("10.0.1.7")") + comma + std::string(drop)),
                PacketVerdict::passes, PacketVerdict::perhaps_dropped},
           Case{"answers accepted", "drop",
                rule(match(state, R"(["established","related"])", "in") + comma +
                     std::string(accept)),
                PacketVerdict::dropped, PacketVerdict::passes},
           Case{"states by a verdict map", "drop",
                rule(R"({"vmap":{"key":{"ct":{"key":"state"}},"data":{"set":[)"
                     R"(["established",{"accept":null}],["invalid",{"drop":null}]]}}})"),
                PacketVerdict::dropped, PacketVerdict::passes},
           Case{"rejected before an accept", "accept",
                rule(R"({"reject":null})") + comma + rule(accept), PacketVerdict::dropped,
                PacketVerdict::dropped},
           Case{"a rule on an unknown property", "drop",
                rule(R"({"xt":{"type":"match","name":"set"}},)" + std::string(accept)),
                PacketVerdict::perhaps_dropped, PacketVerdict::perhaps_dropped},
           Case{"accepted in a chain that is jumped to", "drop",
                rule(R"({"jump":{"target":"other"}})") + comma + rule(accept, "other"),
                PacketVerdict::passes, PacketVerdict::passes},
           Case{"returned from a chain that is jumped to", "accept",
                rule(R"({"jump":{"target":"other"}})") + comma +
                    rule(R"({"return":null})", "other") + comma + rule(drop, "other") + comma +
                    rule(drop),
                PacketVerdict::dropped, PacketVerdict::dropped},
           Case{"goto another chain, which ends", "drop",
                rule(R"({"goto":{"target":"other"}})") + comma + rule(accept),
                PacketVerdict::dropped, PacketVerdict::dropped},
           Case{"redirected", "accept", rule(R"({"redirect":{"port":80}})"),
                PacketVerdict::diverted, PacketVerdict::diverted},
           Case{"redirected if it is this machine's", "accept",
                rule(match(R"({"fib":{"result":"type","flags":["daddr"]}})", R"("local")") + comma +
                     R"({"redirect":null})"),
                PacketVerdict::passes, PacketVerdict::passes},
       }) {
    SCOPED_TRACE(c.name);
    const Firewall firewall = forward_chain(c.policy, c.rules);
    EXPECT_EQ(verdict_in(firewall, firewall.chains.front(), request), c.of_request);
    EXPECT_EQ(verdict_in(firewall, firewall.chains.front(), answer), c.of_answer);
  }
}

TEST(Firewall, ReadsTheTablesOfIptablesLegacy) {
  const AddressSet claim = set_of("10.0.0.0/24");
  const CheckedTraffic request{.out = "honey", .destination = &claim};
  struct Case {
    std::string_view rules;
    PacketVerdict verdict;
  };
  for (const Case& c : {
           Case{":FORWARD ACCEPT [0:0]\n", PacketVerdict::passes},
           Case{":FORWARD DROP [0:0]\n", PacketVerdict::dropped},
           Case{":FORWARD DROP [0:0]\n-A FORWARD -o hon+ -j ACCEPT\n", PacketVerdict::passes},
           Case{":FORWARD DROP [0:0]\n-A FORWARD ! -o eth1 -j ACCEPT\n", PacketVerdict::passes},
           Case{":FORWARD DROP [0:0]\n-A FORWARD -d 10.0.0.0/8 -j ACCEPT\n", PacketVerdict::passes},
           Case{":FORWARD DROP [0:0]\n-A FORWARD -p tcp -m tcp --dport 80 -j ACCEPT\n",
                PacketVerdict::perhaps_dropped},
           Case{":FORWARD DROP [0:0]\n-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j "
                "ACCEPT\n",
                PacketVerdict::dropped},
           Case{":FORWARD DROP [0:0]\n:MINE - [0:0]\n-A FORWARD -j MINE\n-A MINE -j ACCEPT\n",
                PacketVerdict::passes},
           Case{":FORWARD ACCEPT [0:0]\n-A FORWARD -j REJECT --reject-with icmp-port-unreachable\n",
                PacketVerdict::dropped},
           Case{":FORWARD ACCEPT [0:0]\n-A FORWARD -j LOG --log-prefix x\n", PacketVerdict::passes},
       }) {
    SCOPED_TRACE(c.rules);
    const Firewall firewall = parse_iptables_save("*filter\n" + std::string(c.rules) + "COMMIT\n");
    EXPECT_EQ(verdict_in(firewall, firewall.chains.front(), request), c.verdict);
  }
}

TEST(Firewall, MakesACommandThatLetsTrafficPass) {
  AddressSet claim = set_of("10.0.0.0/24");
  const CheckedTraffic request{.out = "honey", .destination = &claim};
  const Firewall nft = forward_chain("drop", "");
  EXPECT_EQ(command_to_accept(nft, nft.chains.front(), request),
            "nft 'insert rule inet f fw oifname \"honey\" ip daddr 10.0.0.0/24 accept'");
  claim.add(parse_address_range("10.0.2.7").value());
  EXPECT_EQ(command_to_accept(nft, nft.chains.front(), {.destination = &claim}),
            "nft 'insert rule inet f fw ip daddr { 10.0.0.0/24, 10.0.2.7 } accept'");
  const FirewallChain forward{.family = "ip", .table = "filter", .name = "FORWARD"};
  EXPECT_EQ(command_to_accept(nft, forward, request),
            "iptables -t filter -I FORWARD -o honey -d 10.0.0.0/24 -j ACCEPT && "
            "iptables -t filter -I FORWARD -o honey -d 10.0.2.7/32 -j ACCEPT");
}

TEST(Firewall, RefusesOtherText) {
  for (const std::string_view text : {"", "{", "[]", R"({"nftables":1})", "null"})
    EXPECT_FALSE(parse_nft_json(text)) << text;
}

}  // namespace
}  // namespace apiary

#include "config/parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/overloaded.h"
#include "config/test_summary.h"

namespace apiary {
namespace {

std::string spelled(const PortAction& action) {
  return std::visit(overloaded{[](const Block&) { return std::string{"block"}; },
                               [](const Reset&) { return std::string{"reset"}; },
                               [](const Open&) { return std::string{"open"}; },
                               [](const std::shared_ptr<const ServiceSpec>& service) {
                                 return std::visit(
                                     overloaded{[](const Script& script) {
                                                  return fmt::format("<{}>", script.command);
                                                },
                                                [](const Proxy& proxy) {
                                                  return fmt::format("proxy {}", proxy.target);
                                                }},
                                     *service);
                               }},
                    action);
}

/// A statement as we would write it, everything written out.
std::string spelled(const StatementContent& content) {
  return std::visit(
      overloaded{
          [](const CreateTemplate& s) { return fmt::format("create {}", s.name.value); },
          [](const CloneTemplate& s) {
            return fmt::format("clone {} {}", s.name.value, s.original.value);
          },
          [](const SetPersonality& s) {
            return fmt::format("set {} personality <{}>", s.target.value, s.personality.value);
          },
          [](const SetDefaultAction& s) {
            return fmt::format("set {} default {} action {}", s.target.value,
                               static_cast<int>(s.protocol), spelled(s.action.value));
          },
          [](const AddPort& s) {
            return fmt::format("add {} {} port {} {}", s.target.value, static_cast<int>(s.protocol),
                               s.port.value.number, spelled(s.action.value));
          },
          [](const BindAddress& s) {
            return fmt::format("bind {} {}", to_string(s.address.value), s.target.value);
          },
          [](const RouteEntry& s) {
            return fmt::format("route entry {} network {}", to_string(s.router.value),
                               to_string(s.network.value));
          },
          [](const RouteLink& s) {
            return fmt::format("route {} link {}", to_string(s.router.value),
                               to_string(s.network.value));
          },
          [](const RouteNextHop& s) {
            return fmt::format("route {} add net {} {} latency {}us loss {}",
                               to_string(s.router.value), to_string(s.network.value),
                               to_string(s.next.value), s.link.latency.count() / 1000,
                               s.link.loss.value);
          },
          [](const BrokenStatement& s) { return fmt::format("broken {}", s.keyword); }},
      content);
}

std::string spelled(const std::vector<Statement>& statements) {
  std::string text;
  for (const Statement& statement : statements) text += spelled(statement.content) + "\n";
  return text;
}

TEST(Parser, ReadsStatements) {
  struct Case {
    std::string_view name;
    std::string text, statements;
  };
  for (const Case& c : {
           Case{"nothing", "# only this\n", ""},
           Case{"create", "create web", "create web\n"},
           Case{"create default", "create default", "create default\n"},
           Case{"the name template is Honeyd's, too", "create template", "create template\n"},
           Case{"all characters of a name", "create $a.(b)/c_d-e*9", "create $a.(b)/c_d-e*9\n"},
           Case{"clone", "clone b a", "clone b a\n"},
           Case{"personality", "set a personality \"Linux 2.4 \\\"x\\\"\"",
                "set a personality <Linux 2.4 \"x\">\n"},
           Case{"default as in the paper", "set a default tcp action reset",
                "set a default 6 action reset\n"},
           Case{"default without the word action", "set a default udp block",
                "set a default 17 action block\n"},
           Case{"default of icmp", "set a default icmp action block",
                "set a default 1 action block\n"},
           Case{"default open", "set default default tcp action open",
                "set default default 6 action open\n"},
           Case{"default by its other names",
                "set a default tcp closed set a default udp action filtered",
                "set a default 6 action reset\nset a default 17 action block\n"},
           Case{"a service by default", "set a default tcp action \"sh x\"",
                "set a default 6 action <sh x>\n"},
           Case{"open port", "add a tcp port 80 open", "add a 6 port 80 open\n"},
           Case{"blocked ports", "add a udp port 1 block add a tcp port 65535 filtered",
                "add a 17 port 1 block\nadd a 6 port 65535 block\n"},
           Case{"closed ports", "add a udp port 1 reset add a tcp port 2 closed",
                "add a 17 port 1 reset\nadd a 6 port 2 reset\n"},
           Case{"a command", "add a tcp port 80 \"sh scripts/web.sh $ipsrc\"",
                "add a 6 port 80 <sh scripts/web.sh $ipsrc>\n"},
           Case{"unquoted commands", "add a tcp port 80 scripts/web.sh add a tcp port 81 /bin/cat",
                "add a 6 port 80 <scripts/web.sh>\nadd a 6 port 81 </bin/cat>\n"},
           Case{"an unquoted command beside us", "add a tcp port 80 ./web.sh",
                "add a 6 port 80 <./web.sh>\n"},
           Case{"a proxy to the visitor", "add a tcp port 22 proxy $ipsrc:22",
                "add a 6 port 22 proxy $ipsrc:22\n"},
           Case{"a proxy to an address", "add a tcp port 22 proxy 192.0.2.1:$dport",
                "add a 6 port 22 proxy 192.0.2.1:$dport\n"},
           Case{"a proxy to a host", "add a udp port 53 proxy ns-1.example.com:53",
                "add a 17 port 53 proxy ns-1.example.com:53\n"},
           Case{"a proxy in quotes", "add a tcp port 22 proxy \"$ipdst:$sport\"",
                "add a 6 port 22 proxy $ipdst:$sport\n"},
           Case{"a proxy whose host is in quotes", "add a tcp port 22 proxy \"example.com\":22",
                "add a 6 port 22 proxy example.com:22\n"},
           Case{"a proxy with spaces", "add a tcp port 22 proxy $ipsrc : 22 create b",
                "add a 6 port 22 proxy $ipsrc:22\ncreate b\n"},
           Case{"bind", "bind 10.0.0.1 a", "bind 10.0.0.1 a\n"},
           Case{"bind to default", "bind 10.0.0.1 default", "bind 10.0.0.1 default\n"},
           Case{"entry", "route entry 10.0.0.1", "route entry 10.0.0.1 network 0.0.0.0/0\n"},
           Case{"entry for a network", "route entry 10.0.0.1 network 10.0.0.0/8",
                "route entry 10.0.0.1 network 10.0.0.0/8\n"},
           Case{"link", "route 10.0.0.1 link 10.0.0.0/24", "route 10.0.0.1 link 10.0.0.0/24\n"},
           Case{"link of one address", "route 10.0.0.1 link 10.0.0.5",
                "route 10.0.0.1 link 10.0.0.5/32\n"},
           Case{"add net", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 0us loss 0\n"},
           Case{"latency and loss",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55ms loss 0.5",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55000us loss 0.005\n"},
           Case{"loss and latency, with a fraction",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 loss 100 latency 0.25ms",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 250us loss 1\n"},
           Case{"latency with its unit apart",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55 ms loss 0",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55000us loss 0\n"},
           Case{"line ends mean nothing",
                "create\na set a\r\n  default tcp\n#x\naction\nreset route 10.0.0.1\nadd net "
                "10.1.0.0/16\n10.1.0.1\nlatency\n5ms",
                "create a\nset a default 6 action reset\n"
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 5000us loss 0\n"},
       }) {
    SCOPED_TRACE(c.name);
    const SourceText source("x.conf", c.text);
    const ParsedText parsed = parse(source);
    EXPECT_EQ(summary(parsed.diagnostics, source), "");
    EXPECT_EQ(spelled(parsed.statements), c.statements);
  }
}

TEST(Parser, StatementsKnowTheirPlaces) {
  const SourceText source("x.conf",
                          "create a  # x\nadd a tcp port 80\n  \"sh x\"\nbind 10.0.0.1 a");
  const ParsedText parsed = parse(source);
  ASSERT_EQ(parsed.statements.size(), 3U);
  EXPECT_EQ(source.text(parsed.statements[0].place), "create a");
  EXPECT_EQ(source.text(parsed.statements[1].place), "add a tcp port 80\n  \"sh x\"");
  const auto& add = std::get<AddPort>(parsed.statements[1].content);
  EXPECT_EQ(source.text(add.target.place), "a");
  EXPECT_EQ(source.text(add.port.place), "80");
  EXPECT_EQ(source.text(add.action.place), "\"sh x\"");
  EXPECT_EQ(source.text(parsed.statements[2].place), "bind 10.0.0.1 a");
}

TEST(Parser, BrokenStatementsKeepTheirPlaceAmongOthers) {
  const SourceText source("x.conf",
                          "create a\ncrate b\nroute 10.0.0.1 lnk 10.0.0.0/8\ndynamic c\n"
                          "bind 10.0.0.300 a\nbanana\nbind 10.0.0.1 a b\n");
  const ParsedText parsed = parse(source);
  EXPECT_EQ(spelled(parsed.statements),
            "create a\nbroken create\nbroken route\nbroken dynamic\nbroken bind\nbroken \n"
            "bind 10.0.0.1 a\n");
  EXPECT_EQ(parsed.diagnostics.size(), 6U);
  EXPECT_EQ(std::get<BrokenStatement>(parsed.statements[1].content).words,
            (std::vector<std::string_view>{"crate", "b"}));
}

}  // namespace
}  // namespace apiary

#include "config/parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/statement_printer.h"
#include "config/testing/summary.h"

namespace apiary {
namespace {

std::string spelled(const std::vector<Statement>& statements, const SourceText& source) {
  std::string text;
  for (const Statement& statement : statements) {
    const auto* const broken = std::get_if<BrokenStatement>(&statement.content);
    text += broken != nullptr ? fmt::format("broken {}", broken->keyword)
                              : format_statement(statement, source);
    text += '\n';
  }
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
                "set a personality \"Linux 2.4 \\\"x\\\"\"\n"},
           Case{"default as in the paper", "set a default tcp action reset",
                "set a default tcp action reset\n"},
           Case{"default without the word action", "set a default udp block",
                "set a default udp action block\n"},
           Case{"default of icmp", "set a default icmp action block",
                "set a default icmp action block\n"},
           Case{"default open", "set default default tcp action open",
                "set default default tcp action open\n"},
           Case{"default by its other names",
                "set a default tcp closed set a default udp action filtered",
                "set a default tcp action reset\nset a default udp action block\n"},
           Case{"a service by default", "set a default tcp action \"sh x\"",
                "set a default tcp action \"sh x\"\n"},
           Case{"open port", "add a tcp port 80 open", "add a tcp port 80 open\n"},
           Case{"blocked ports", "add a udp port 1 block add a tcp port 65535 filtered",
                "add a udp port 1 block\nadd a tcp port 65535 block\n"},
           Case{"closed ports", "add a udp port 1 reset add a tcp port 2 closed",
                "add a udp port 1 reset\nadd a tcp port 2 reset\n"},
           Case{"a command", "add a tcp port 80 \"sh scripts/web.sh $ipsrc\"",
                "add a tcp port 80 \"sh scripts/web.sh $ipsrc\"\n"},
           Case{"unquoted commands", "add a tcp port 80 scripts/web.sh add a tcp port 81 /bin/cat",
                "add a tcp port 80 \"scripts/web.sh\"\nadd a tcp port 81 \"/bin/cat\"\n"},
           Case{"an unquoted command beside us", "add a tcp port 80 ./web.sh",
                "add a tcp port 80 \"./web.sh\"\n"},
           Case{"a proxy to the visitor", "add a tcp port 22 proxy $ipsrc:22",
                "add a tcp port 22 proxy $ipsrc:22\n"},
           Case{"a proxy to an address", "add a tcp port 22 proxy 192.0.2.1:$dport",
                "add a tcp port 22 proxy 192.0.2.1:$dport\n"},
           Case{"a proxy to a host", "add a udp port 53 proxy ns-1.example.com:53",
                "add a udp port 53 proxy ns-1.example.com:53\n"},
           Case{"a proxy in quotes", "add a tcp port 22 proxy \"$ipdst:$sport\"",
                "add a tcp port 22 proxy $ipdst:$sport\n"},
           Case{"a proxy whose host is in quotes", "add a tcp port 22 proxy \"example.com\":22",
                "add a tcp port 22 proxy example.com:22\n"},
           Case{"a proxy with spaces", "add a tcp port 22 proxy $ipsrc : 22 create b",
                "add a tcp port 22 proxy $ipsrc:22\ncreate b\n"},
           Case{"bind", "bind 10.0.0.1 a", "bind 10.0.0.1 a\n"},
           Case{"bind to default", "bind 10.0.0.1 default", "bind 10.0.0.1 default\n"},
           Case{"entry", "route entry 10.0.0.1", "route entry 10.0.0.1\n"},
           Case{"entry for a network", "route entry 10.0.0.1 network 10.0.0.0/8",
                "route entry 10.0.0.1 network 10.0.0.0/8\n"},
           Case{"link", "route 10.0.0.1 link 10.0.0.0/24", "route 10.0.0.1 link 10.0.0.0/24\n"},
           Case{"link of one address", "route 10.0.0.1 link 10.0.0.5",
                "route 10.0.0.1 link 10.0.0.5/32\n"},
           Case{"tunnel", "route 10.0.0.1 add net 10.1.0.0/16 tunnel 192.0.2.1 192.0.2.2",
                "route 10.0.0.1 add net 10.1.0.0/16 tunnel 192.0.2.1 192.0.2.2\n"},
           Case{"tunnel with what RFC 2890 adds",
                "route 10.0.0.1 add net 10.1.0.0/16 tunnel 192.0.2.1 192.0.2.2 checksum key 7",
                "route 10.0.0.1 add net 10.1.0.0/16 tunnel 192.0.2.1 192.0.2.2 key 7 checksum\n"},
           Case{"add net", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1\n"},
           Case{"latency and loss",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55ms loss 0.5",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55ms loss 0.5\n"},
           Case{"loss and latency, with a fraction",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 loss 100 latency 0.25ms",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 0.25ms loss 100\n"},
           Case{"latency with its unit apart",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55 ms loss 0",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55ms\n"},
           Case{"line ends mean nothing",
                "create\na set a\r\n  default tcp\n#x\naction\nreset route 10.0.0.1\nadd net "
                "10.1.0.0/16\n10.1.0.1\nlatency\n5ms",
                "create a\nset a default tcp action reset\n"
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 5ms\n"},
       }) {
    SCOPED_TRACE(c.name);
    SourceText source("x.conf", c.text);
    const ParsedText parsed = parse(source);
    EXPECT_EQ(summary(parsed.diagnostics, source), "");
    EXPECT_EQ(spelled(parsed.statements, source), c.statements);
  }
}

TEST(Parser, StatementsHaveTheirPlaces) {
  SourceText source("x.conf", "create a  # x\nadd a tcp port 80\n  \"sh x\"\nbind 10.0.0.1 a");
  const ParsedText parsed = parse(source);
  ASSERT_EQ(parsed.statements.size(), 3U);
  EXPECT_EQ(source.text(parsed.statements[0].place), "create a");
  EXPECT_EQ(source.text(parsed.statements[1].place), "add a tcp port 80\n  \"sh x\"");
  const auto& add = std::get<AddPort>(parsed.statements[1].content);
  EXPECT_EQ(source.text(add.target.place), "a");
  EXPECT_EQ(source.text(add.ports.place), "80");
  EXPECT_EQ(source.text(add.action.place), "\"sh x\"");
  EXPECT_EQ(source.text(parsed.statements[2].place), "bind 10.0.0.1 a");
}

TEST(Parser, BrokenStatementsKeepTheirPlaceAmongOthers) {
  SourceText source("x.conf",
                    "create a\ncrate b\nroute 10.0.0.1 lnk 10.0.0.0/8\ndynamic tcp c\n"
                    "bind 10.0.0.300 a\nbanana\nbind 10.0.0.1 a b\n");
  const ParsedText parsed = parse(source);
  EXPECT_EQ(spelled(parsed.statements, source),
            "create a\nbroken create\nbroken route\nbroken dynamic\nbroken bind\nbroken \n"
            "bind 10.0.0.1 a\n");
  EXPECT_EQ(parsed.diagnostics.size(), 6U);
  EXPECT_EQ(std::get<BrokenStatement>(parsed.statements[1].content).words,
            (std::vector<std::string_view>{"crate", "b"}));
}

}  // namespace
}  // namespace apiary

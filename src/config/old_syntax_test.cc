// Syntax of configurations of Honeyd 0.5 to 1.6d, and of those written from memory: it loads as
// there, or an error says what to write.
#include <gtest/gtest.h>

#include "config/build.h"
#include "config/testing/catalogue.h"
#include "config/testing/summary.h"

namespace apiary {
namespace {

struct Case {
  std::string_view name;
  std::string text, diagnostics;
};

std::string diagnostics_of(const std::string& text) {
  SourceText source("x.conf", text);
  return summary(parse(source).diagnostics, source);
}

TEST(OldSyntax, LoadsAsInHoneyd) {
  for (
      const Case& c : {
          Case{"a quoted address", R"(bind "10.0.0.5" a)", ""},
          Case{"a quoted network", R"(route entry "10.0.0.1" network "10.0.0.0/8")", ""},
          Case{"a quoted network and its length", R"(route entry 10.0.0.1 network "10.0.0.0"/8)",
               ""},
          Case{"a network in pieces", "route 10.0.0.1 link 10.0.0.0 / 24", ""},
          Case{"a quoted address for a template", R"(set "10.0.0.5" uptime 5)", ""},
          Case{
              "host bits", "route 10.0.0.1 add net 10.1.2.3/16 10.1.0.1 latency 5ms",
              R"(1:24 '10.1.2.3/16' warning: '10.1.2.3/16' has bits set after the first 16: it is taken as 10.1.0.0/16
  hint: write 10.1.0.0/16, or 10.1.2.3 for the address alone
)"},
          Case{
              "host bits of a visitor", "bind source ip = 192.168.1.1/24 10.0.0.5 a",
              R"(1:18 '192.168.1.1/24' warning: '192.168.1.1/24' has bits set after the first 24: it is taken as 192.168.1.0/24
  hint: write 192.168.1.0/24, or 192.168.1.1 for the address alone
)"},
          Case{"a quoted text over two lines",
               "add a tcp port 23 \"perl scripts/telnet.pl\n   $ipsrc\"",
               "1:19 '\"perl scripts/telnet.pl\n   $ipsrc\"' notice: this quoted text continues on "
               "the next line; the line end counts as a space\n"},
          Case{"a firewall's word", "set a default tcp action allow",
               R"(1:26 'allow' warning: 'allow' is taken for a command
  hint: write 'open'
)"},
          Case{"a firewall's word for a port", "add a udp port 53 Deny",
               R"(1:19 'Deny' warning: 'Deny' is taken for a command
  hint: write 'block'
)"},
          Case{"an unquoted command for all ports", "set a default tcp action scripts/all.sh", ""},
          Case{"a firewall's word for pings", "set a default icmp action close",
               R"(1:27 'close' warning: 'close' is taken for a command
  hint: write 'reset'
1:27 'close' warning: ICMP has no services: this answers pings, as 'open' does
  hint: write 'open', or 'block' for no answers
)"},
          Case{"words that are keywords only of a console", "create trace\ncreate fd", ""},
          Case{"a time as the C library writes it",
               R"(bind time between "08:00:00 AM" - "05:00:00 PM" 10.0.0.5 a)", ""},
          Case{"nothing between quotes and words",
               R"(add a tcp port 80"sh x"add b tcp port 1 open)", ""},
          Case{
              "a pipe in a command", R"(add a tcp port 80 "cat /etc/issue | head")",
              R"(1:19 '"cat /etc/issue | head"' warning: no shell runs the command: '|' has no special meaning
  hint: have a shell run it: sh -c 'cat /etc/issue | head'
)"},
          Case{
              "variables of the environment before a command",
              R"(add a tcp port 80 "RATE=5 python3 web.py")",
              R"(1:19 '"RATE=5 python3 web.py"' warning: no shell runs the command: 'RATE=' has no special meaning
  hint: have env(1) set it: env RATE=5 python3 web.py
)"},
      }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(diagnostics_of(c.text), c.diagnostics);
  }
}

TEST(OldSyntax, DistinguishesShellSyntaxFromArguments) {
  for (const std::string counts :
       {"a | b", "a > b", "a 2>&1", "a < b", "a; b", "a && b", "a &", "echo `date`", "x=1 a",
        "echo $(date)", "sh -c cat|tee", R"(a \"$(b)\")", "~/bin/a"}) {
    SCOPED_TRACE(counts);
    EXPECT_NE(diagnostics_of("add a tcp port 80 \"" + counts + "\""), "");
  }
  for (const std::string plain :
       {"a $ipsrc $date", "sh -c 'a | b > c; d'", R"(a \"b|c\")", "a --url=http://b/?c=d&e=f",
        R"(perl -e 'print <STDIN>')", "a b;c", R"(a \\| b)"}) {
    SCOPED_TRACE(plain);
    EXPECT_EQ(diagnostics_of("add a tcp port 80 \"" + plain + "\""), "");
  }
}

TEST(OldSyntax, ErrorsLeadToAWorkingLine) {
  for (
      const Case& c : {
          Case{
              "ports that are set", "set a tcp port 80 open",
              R"(1:7 'tcp' error: expected 'personality', 'default' or another trait, found the keyword 'tcp'
  hint: ports are added: add a tcp port ...
)"},
          Case{
              "a default without its word", "set default tcp action reset",
              R"(1:13 'tcp' error: expected 'personality', 'default' or another trait, found the keyword 'tcp'
  hint: write: set default default tcp action ...
)"},
          Case{"a trait that is added", R"(add a personality "x")",
               R"(1:7 'personality' error: expected 'tcp' or 'udp', found the keyword 'personality'
  hint: write: set a personality ...
)"},
          Case{
              "an action called so", "add a tcp port 80 action open",
              R"(1:19 'action' error: expected 'block', 'reset', 'open', 'proxy' or a command in quotes, found the keyword 'action'
  hint: leave 'action' out
)"},
          Case{
              "a keyword for an action", "set a default tcp action drop",
              R"(1:26 'drop' error: expected 'block', 'reset', 'open', 'proxy' or a command in quotes, found the keyword 'drop'
  hint: write 'block'
)"},
          Case{"everything in one statement", R"(create a personality "x")",
               R"(1:10 'personality' error: expected the end of the statement, found 'personality'
  hint: write a statement of its own: set a personality ...
)"},
          Case{"a statement without its template", R"(personality "x")",
               R"(1:1 'personality' error: unknown statement 'personality'
  hint: every statement names its template: set NAME personality ...
)"},
          Case{
              "a name of several words without quotes", "set a personality Linux 2.4.7",
              R"(1:19 'Linux' error: expected the name of an operating system in quotes, found 'Linux'
  hint: write "Linux 2.4.7"
)"},
          Case{
              "a MAC address without quotes", "dhcp a on eth0 ethernet 00:11:22:33:44:55",
              R"(1:25 '00:11:22:33:44:55' error: expected a vendor or a link-layer address in quotes, found '00:11:22:33:44:55'
  hint: write "00:11:22:33:44:55"
)"},
          Case{"an equals sign", R"(set a personality = "x")",
               R"(1:19 '=' error: expected the name of an operating system in quotes, found '='
  hint: leave the '=' out
)"},
          Case{"typographic quotes", "set a personality \u201cLinux 2.4\u201d\nset a uptime 5",
               "1:19 '\u201cLinux 2.4\u201d' error: write texts between plain double quotes\n"
               "  hint: write \"Linux 2.4\"\n"},
          Case{"a comment of C++", "create a // the \"first\nbind 10.0.0.5 a",
               R"(1:10 '// the "first' error: this looks like a comment but is not one
  hint: a comment begins with '#'
)"},
          Case{"a comment of Lisp", "; don't\ncreate a",
               R"(1:1 '; don't' error: this looks like a comment but is not one
  hint: a comment begins with '#'
)"},
          Case{
              "a line that goes on", "add a tcp port 80 \\\n  open",
              R"(1:19 '\' error: expected 'block', 'reset', 'open', 'proxy' or a command in quotes, found '\'
  hint: statements continue on the next line without a '\': remove it
)"},
          Case{"a placeholder", "bind <address> a",
               R"(1:6 '<address>' error: expected the address to bind, found '<address>'
  hint: write the real value in place of the placeholder
)"},
          Case{"a network mask", "bind 10.0.0.0/255.255.255.0 a",
               R"(1:6 '10.0.0.0/255.255.255.0' error: '10.0.0.0/255.255.255.0' is not a network
  hint: write 10.0.0.0/24
)"},
          Case{"several addresses", "bind 10.0.0.5,10.0.0.6 a",
               R"(1:6 '10.0.0.5,10.0.0.6' error: '10.0.0.5,10.0.0.6' is not an IPv4 address
  hint: a network is written as 10.0.0.0/24, a range as 10.0.0.5-10.0.0.9
)"},
          Case{"a block", "create a {",
               R"(1:10 '{' error: expected the end of the statement, found '{'
  hint: there are no blocks: every statement names its template
)"},
          Case{"a time of days", "set a uptime 5 days",
               R"(1:16 'days' error: expected the end of the statement, found 'days'
  hint: an uptime is a number of seconds
)"},
          Case{"a command that a backslash keeps open", "add a tcp port 80 \"c:\\x\\\"\ncreate b",
               R"(1:19 '"c:\x\"' error: the quoted text does not end
  hint: \" is a quote inside of the text; write \\ for a '\'
)"},
      }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(diagnostics_of(c.text), c.diagnostics);
  }
}

std::string built(const std::string& text) {
  SourceText source("x.conf", text);
  const TestCatalogue catalogue;
  const auto built = build_configuration(source, catalogue);
  return summary(built ? built->remarks : built.error(), source);
}

constexpr const char* behind_an_entry = R"(create a
route entry 10.0.0.1 network 10.0.0.0/24
route 10.0.0.1 link 10.0.0.0/24
bind 10.0.0.5 a
)";

TEST(OldSyntax, NetworksWithoutEntryUseTheFirst) {
  for (
      const Case& c : {
          Case{
              "a network behind another router",
              R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1
route 10.1.0.1 link 10.1.0.0/24
bind 10.1.0.5 a)",
              R"(5:24 '10.1.0.0/16' notice: no entry names 10.1.0.0/16 and 1 more: packets for networks without an entry enter at the first router, 10.0.0.1
  hint: name it, for example: route entry 10.0.0.1 network 10.1.0.0/16
)"},
          Case{
              "a network of the entry router's", R"(route 10.0.0.1 link 10.9.0.0/24
bind 10.9.0.5 a)",
              R"(5:21 '10.9.0.0/24' notice: no entry names 10.9.0.0/24: packets for networks without an entry enter at the first router, 10.0.0.1
  hint: name it, for example: route entry 10.0.0.1 network 10.9.0.0/24
)"},
          Case{"an address that no route leads to", "bind 10.9.0.5 a",
               R"(5:6 '10.9.0.5' warning: no route reaches 10.9.0.5
)"},
          Case{"what another entry takes away from the first",
               R"(route 10.0.0.1 link 10.2.0.0/24
route entry 10.2.0.1 network 10.2.0.0/16
route 10.2.0.1 link 10.2.0.0/16
bind 10.2.0.5 a)",
               R"(5:21 '10.2.0.0/24' warning: no packet for 10.2.0.0/24 reaches router 10.0.0.1
  hint: route it there, for example: route 10.2.0.1 add net 10.2.0.0/24 10.0.0.1
)"},
      }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(built(behind_an_entry + c.text), c.diagnostics);
  }
}

TEST(OldSyntax, TheHintAboutEntriesWorks) {
  EXPECT_EQ(built(std::string{behind_an_entry} + R"(route entry 10.0.0.1 network 10.9.0.0/24
route 10.0.0.1 link 10.9.0.0/24
bind 10.9.0.5 a)"),
            "");
}

}  // namespace
}  // namespace apiary

#include <gtest/gtest.h>

#include "config/parser.h"
#include "config/testing/summary.h"

namespace apiary {
namespace {

struct Case {
  std::string_view name;
  std::string text, diagnostics;
};

TEST(SyntaxErrors, OfTemplatesAreExplained) {
  for (
      const Case& c : {
          Case{"an unknown statement", "creat a",
               R"(1:1 'creat' error: unknown statement 'creat'
  hint: did you mean 'create'?
)"},
          Case{"a comment of another language", "// mine",
               R"(1:1 '// mine' error: this looks like a comment and is none
  hint: a comment begins with '#'
)"},
          Case{"a statement that ends as in another language", "create a;",
               R"(1:8 'a;' error: 'a;' cannot be the name of a template
  hint: a statement ends without a ';'
)"},
          Case{"a trait of another name", "set a mac \"00:11:22:33:44:55\"",
               R"(1:7 'mac' error: expected 'personality', 'default' or another trait, found 'mac'
  hint: the traits are personality, default, ethernet, uptime, droprate, uid, maxfds, spoof and seed
)"},
          Case{"several ports with a comma", "add a tcp port 80,443 open",
               R"(1:16 '80,443' error: expected a port number, found '80,443'
  hint: several ports are a range, such as 80-90, or several statements
)"},
          Case{"a network with an asterisk", "bind 192.168.1.* a",
               R"(1:6 '192.168.1.*' error: '192.168.1.*' is not an IPv4 address
  hint: a network is written as 10.0.0.0/24, a range as 10.0.0.5-10.0.0.9
)"},
          Case{"an unknown statement that is near none", R"(banana 7
create a)",
               R"(1:1 'banana' error: unknown statement 'banana'
  hint: statements begin with create, set, add, bind, route or another word of apiary.conf(5)
)"},
          Case{"case counts", "CREATE a",
               R"(1:1 'CREATE' error: unknown statement 'CREATE'
  hint: did you mean 'create'?
)"},
          Case{"a quoted text in place of a statement", R"("create" a)",
               R"(1:1 '"create"' error: expected a statement, found "create"
)"},
          Case{"statements after an unknown one are read", R"(crate a
sett a personality "x"
bind 10.0.0.300 a)",
               R"(1:1 'crate' error: unknown statement 'crate'
  hint: did you mean 'create'?
2:1 'sett' error: unknown statement 'sett'
  hint: did you mean 'set'?
3:6 '10.0.0.300' error: '10.0.0.300' is not an IPv4 address
  hint: an address is four numbers from 0 to 255, such as 10.0.0.5
)"},
          Case{
              "lines that continue a broken statement are skipped", R"(set t
  defualt tcp
  action reset
create create)",
              R"(2:3 'defualt' error: expected 'personality', 'default' or another trait, found 'defualt'
  hint: did you mean 'default'?
4:8 'create' error: expected the name of a template, found the keyword 'create'
)"},
          Case{"no name", "create",
               R"(1:7 '' error: expected the name of a template after 'create'
)"},
          Case{"no name before the next statement", R"(create
set a default tcp reset)",
               R"(1:7 '' error: expected the name of a template after 'create'
)"},
          Case{"a keyword for a name", "create tcp",
               R"(1:8 'tcp' error: expected the name of a template, found the keyword 'tcp'
)"},
          Case{"a statement word for a name", "create add",
               R"(1:8 'add' error: expected the name of a template, found the keyword 'add'
)"},
          Case{"a name with bad characters", R"(create a&b
set a&b default tcp reset)",
               R"(1:8 'a&b' error: 'a&b' cannot be the name of a template
  hint: a name begins with a letter; letters, digits and . _ - / ( ) * $ follow, no quotes
)"},
          Case{"a name in quotes", R"(create "a"
bind 10.0.0.1 "a")",
               R"(1:8 '"a"' error: "a" cannot be the name of a template
  hint: write it without quotes: a
)"},
          Case{"a name that begins with a digit", "create 3com",
               R"(1:8 '3com' error: '3com' cannot be the name of a template
  hint: a name begins with a letter; letters, digits and . _ - / ( ) * $ follow, no quotes
)"},
          Case{"an address as a name", "create 10.0.0.1",
               R"(1:8 '10.0.0.1' error: '10.0.0.1' cannot be the name of a template
  hint: a name begins with a letter; letters, digits and . _ - / ( ) * $ follow, no quotes
)"},
          Case{"text after a statement", "create a b",
               R"(1:10 'b' error: expected the end of the statement, found 'b'
)"},
          Case{"clone without original", "clone a",
               R"(1:8 '' error: expected the name of a template after 'a'
)"},
          Case{"clone without names", "clone",
               R"(1:6 '' error: expected the name of a template after 'clone'
)"},
          Case{"set without name", "set",
               R"(1:4 '' error: expected the name of a template after 'set'
)"},
          Case{"set without property", "set a",
               R"(1:6 '' error: expected 'personality', 'default' or another trait after 'a'
)"},
          Case{
              "set with a misspelt property", R"(set a personalty "x")",
              R"(1:7 'personalty' error: expected 'personality', 'default' or another trait, found 'personalty'
  hint: did you mean 'personality'?
)"},
          Case{
              "a personality without quotes", "set a personality Linux",
              R"(1:19 'Linux' error: expected the name of an operating system in quotes, found 'Linux'
  hint: write "Linux"
)"},
          Case{
              "a personality left out", R"(set a personality
set b default udp block)",
              R"(1:18 '' error: expected the name of an operating system in quotes after 'personality'
)"},
          Case{"a default without protocol", "set a default action reset",
               R"(1:15 'action' error: expected 'tcp', 'udp' or 'icmp', found the keyword 'action'
)"},
          Case{"a default of an unknown protocol", "set a default tpc reset",
               R"(1:15 'tpc' error: expected 'tcp', 'udp' or 'icmp', found 'tpc'
  hint: did you mean 'tcp'?
)"},
          Case{
              "a default without action", "set a default tcp",
              R"(1:18 '' error: expected 'block', 'reset', 'open', 'proxy' or a command in quotes after 'tcp'
)"},
          Case{"a default with a misspelt action", "set a default tcp action rset",
               R"(1:26 'rset' warning: 'rset' is taken for a command
  hint: did you mean 'reset'?
)"},
          Case{"a service for icmp", R"(set a default icmp action "sh x")",
               R"(1:27 '"sh x"' warning: ICMP has no services: this answers pings, as 'open' does
  hint: write 'open', or 'block' for no answers
)"},
          Case{"add without protocol", "add a port 80 open",
               R"(1:7 'port' error: expected 'tcp' or 'udp', found the keyword 'port'
  hint: write: add a tcp port ...
)"},
          Case{"add without name", "add tcp port 80 open",
               R"(1:5 'tcp' error: expected the name of a template, found the keyword 'tcp'
)"},
          Case{"add of icmp", "add a icmp port 80 open",
               R"(1:7 'icmp' error: expected 'tcp' or 'udp', found the keyword 'icmp'
  hint: ICMP has no ports: set a default icmp action open
)"},
          Case{"add without port", "add a tcp 80 open",
               R"(1:11 '80' error: expected 'port', found '80'
  hint: write: port 80
)"},
          Case{
              "add without port number", "add a tcp port open",
              R"(1:16 'open' error: expected a port number from 1 to 65535, found the keyword 'open'
)"},
          Case{"add with the name of a port", "add a tcp port http open",
               R"(1:16 'http' error: there is no tcp port called 'http'
  hint: a port is a number from 1 to 65535, or a name of /etc/services
)"},
          Case{"port 0", "add a tcp port 0 open",
               R"(1:16 '0' error: there is no port 0
  hint: a port is a number from 1 to 65535
)"},
          Case{"port 65536", "add a udp port 65536 open",
               R"(1:16 '65536' error: there is no port 65536
  hint: a port is a number from 1 to 65535
)"},
          Case{"a port past all numbers", "add a udp port 99999999999999999999999 open",
               R"(1:16 '99999999999999999999999' error: there is no port 99999999999999999999999
  hint: a port is a number from 1 to 65535
)"},
          Case{"a negative port", "add a udp port -1 open",
               R"(1:16 '-1' error: expected a port number, found '-1'
  hint: a port is a number from 1 to 65535
)"},
          Case{"a fraction of a port", "add a udp port 8.5 open",
               R"(1:16 '8.5' error: expected a port number, found '8.5'
  hint: a port is a number from 1 to 65535
)"},
          Case{
              "add without action", "add a tcp port 80",
              R"(1:18 '' error: expected 'block', 'reset', 'open', 'proxy' or a command in quotes after '80'
)"},
          Case{
              "a keyword for an action", "add a tcp port 80 tcp",
              R"(1:19 'tcp' error: expected 'block', 'reset', 'open', 'proxy' or a command in quotes, found the keyword 'tcp'
)"},
          Case{
              "a bad character in an unquoted command", "add a tcp port 80 sh&",
              R"(1:19 'sh&' error: expected 'block', 'reset', 'open', 'proxy' or a command in quotes, found 'sh&'
  hint: write "sh&"
)"},
          Case{
              "an unquoted command with arguments", "add a tcp port 80 sh scripts/web.sh",
              R"(1:22 'scripts/web.sh' error: expected the end of the statement, found 'scripts/web.sh'
  hint: a command of several words stands in quotes
)"},
          Case{"an empty command", R"(add a tcp port 80 "")",
               R"(1:19 '""' error: the command is empty
)"},
          Case{"a command of blanks", R"(add a tcp port 80 "  ")",
               R"(1:19 '"  "' error: the command is empty
)"},
          Case{"a command of an empty word", R"(add a tcp port 80 "'' x")",
               R"(1:19 '"'' x"' error: the command is empty
)"},
          Case{"an apostrophe in a command", R"(add a tcp port 80 "echo it's")",
               R"(1:27 ''' warning: nothing closes this ': it stands for itself
  hint: write \' for the character itself
)"},
          Case{"apostrophes in a command", R"(add a tcp port 80 "echo don't, can't")",
               R"(1:28 ''' warning: the two apostrophes enclose text, so the program gets neither
  hint: write \' for the character itself
)"},
          Case{"a quotation mark of a command that is not closed",
               R"(set a default tcp action "echo \"a")",
               R"(1:33 '"' warning: nothing closes this ": it stands for itself
  hint: write \\\" for the character itself
)"},
          Case{"a quote in the command of a subsystem", R"(add a subsystem "x 'y")",
               R"(1:20 ''' warning: nothing closes this ': it stands for itself
  hint: write \' for the character itself
)"},
          Case{"a quoted text without end", R"(add a tcp port 80 "sh x
create b)",
               R"(1:19 '"sh x' error: the quoted text does not end
  hint: write its closing '"' on the same line
)"},
          Case{"a misspelt action is a command", "add a tcp port 80 opne",
               R"(1:19 'opne' warning: 'opne' is taken for a command
  hint: did you mean 'open'?
)"},
          Case{"a variable of Honeyd's", R"(add a tcp port 80 "log $date")", R"()"},
          Case{"a proxy without target", "add a tcp port 80 proxy",
               R"(1:24 '' error: expected HOST:PORT after 'proxy'
)"},
          Case{"a proxy without port", "add a tcp port 80 proxy 10.0.0.1",
               R"(1:25 '10.0.0.1' error: '10.0.0.1' is not where a proxy can lead
  hint: a proxy leads to HOST:PORT, such as 192.0.2.1:22 or $ipsrc:$dport
)"},
          Case{"a proxy with an empty port", R"(add a tcp port 80 proxy 10.0.0.1:
)",
               R"(1:25 '10.0.0.1:' error: '10.0.0.1:' is not where a proxy can lead
  hint: a proxy leads to HOST:PORT, such as 192.0.2.1:22 or $ipsrc:$dport
)"},
          Case{"a proxy without host", "add a tcp port 80 proxy :80",
               R"(1:25 ':80' error: ':80' is not where a proxy can lead
  hint: a proxy leads to HOST:PORT, such as 192.0.2.1:22 or $ipsrc:$dport
)"},
          Case{"a proxy to a bad address", "add a tcp port 80 proxy 10.0.0.256:80",
               R"(1:25 '10.0.0.256:80' error: '10.0.0.256' is neither an address nor a host name
  hint: a proxy's host is an address, a host name, $ipsrc or $ipdst
)"},
          Case{"a proxy to a bad host name", "add a tcp port 80 proxy a_b$c:80",
               R"(1:25 'a_b$c:80' error: 'a_b$c' is neither an address nor a host name
  hint: a proxy's host is an address, a host name, $ipsrc or $ipdst
)"},
          Case{"a proxy to an unknown variable", "add a tcp port 80 proxy $ipsource:80",
               R"(1:25 '$ipsource:80' error: '$ipsource' is neither an address nor a host name
  hint: a proxy's host is an address, a host name, $ipsrc or $ipdst
)"},
          Case{"a proxy to a bad port", "add a tcp port 80 proxy $ipsrc:70000",
               R"(1:25 '$ipsrc:70000' error: there is no port 70000
  hint: a port is a number from 1 to 65535
)"},
          Case{"a proxy to a named port", "add a tcp port 80 proxy $ipsrc:http",
               R"(1:25 '$ipsrc:http' error: expected a port number, found 'http'
  hint: a proxy's port is a number from 1 to 65535, $sport or $dport
)"},
          Case{"a proxy to port 0 in quotes", R"(add a tcp port 80 proxy "host:0")",
               R"(1:25 '"host:0"' error: there is no port 0
  hint: a port is a number from 1 to 65535
)"},
      }) {
    SCOPED_TRACE(c.name);
    SourceText source("x.conf", c.text);
    EXPECT_EQ(summary(parse(source).diagnostics, source), c.diagnostics);
  }
}

TEST(SyntaxErrors, OfBindingsAndRoutesAreExplained) {
  for (
      const Case& c : {
          Case{"bind without address", "bind",
               R"(1:5 '' error: expected the address to bind after 'bind'
)"},
          Case{"bind of a name", "bind a 10.0.0.1",
               R"(1:6 'a' error: expected the address to bind, found 'a'
  hint: the address comes first: bind ADDRESS TEMPLATE
)"},
          Case{"bind of a quoted host name", R"(bind "www.example.com" a)",
               R"(1:6 '"www.example.com"' error: an address cannot be given by a name
  hint: write it in numbers, such as 10.0.0.1
)"},
          Case{"bind without template", "bind 10.0.0.1",
               R"(1:14 '' error: expected the name of a template after '10.0.0.1'
)"},
          Case{"a bad address", "bind 10.0.0.256 a",
               R"(1:6 '10.0.0.256' error: '10.0.0.256' is not an IPv4 address
  hint: an address is four numbers from 0 to 255, such as 10.0.0.5
)"},
          Case{"a short address", "bind 10.0.1 a",
               R"(1:6 '10.0.1' error: '10.0.1' is not an IPv4 address
  hint: an address is four numbers from 0 to 255, such as 10.0.0.5
)"},
          Case{"an IPv6 address", "bind 2001:db8::1 a",
               R"(1:6 '2001:db8::1' error: '2001:db8::1' is not an IPv4 address
  hint: IPv6 is not supported yet
)"},
          Case{"a multicast address", "bind 224.0.0.5 a",
               R"(1:6 '224.0.0.5' error: 224.0.0.5 is a multicast address; no machine can have it
)"},
          Case{
              "the broadcast address", "bind 255.255.255.255 a",
              R"(1:6 '255.255.255.255' error: 255.255.255.255 is the broadcast address; no machine can have it
)"},
          Case{"the unspecified address", "bind 0.0.0.0 a",
               R"(1:6 '0.0.0.0' error: 0.0.0.0 is the unspecified address; no machine can have it
  hint: for all addresses that nothing else is bound to, name the template 'default': create default
)"},
          Case{"an address with leading zeros", "bind 010.000.000.100 a",
               R"(1:6 '010.000.000.100' error: '010.000.000.100' is not an IPv4 address
  hint: write 10.0.0.100, without the leading zeros
)"},
          Case{"the last number of a range alone", "bind 10.0.0.60-70 a",
               R"(1:6 '10.0.0.60-70' error: '70' is not an IPv4 address
  hint: an address is written in full, also the second of a range: 10.0.0.5-10.0.0.9
)"},
          Case{"a network in place of an address", "route 10.0.0.0/24 link 10.0.0.0/24",
               R"(1:7 '10.0.0.0/24' error: expected one address, found the network '10.0.0.0/24'
)"},
          Case{"route without anything", "route",
               R"(1:6 '' error: expected 'entry' or the address of a router after 'route'
)"},
          Case{"route of an unknown kind", "route 10.0.0.1 lnk 10.0.0.0/24",
               R"(1:16 'lnk' error: expected 'link', 'add net' or 'unreach', found 'lnk'
  hint: did you mean 'link'?
)"},
          Case{"route without kind", R"(route 10.0.0.1
create a)",
               R"(1:15 '' error: expected 'link', 'add net' or 'unreach' after '10.0.0.1'
)"},
          Case{
              "an entry without router", "route entry network 10.0.0.0/8",
              R"(1:13 'network' error: expected the address of a router, found the keyword 'network'
)"},
          Case{"an entry without network", "route entry 10.0.0.1 network",
               R"(1:29 '' error: expected a network such as 10.0.0.0/24 after 'network'
)"},
          Case{"a misspelt network", "route entry 10.0.0.1 netwrok 10.0.0.0/8",
               R"(1:22 'netwrok' error: expected the end of the statement, found 'netwrok'
  hint: did you mean 'network'?
)"},
          Case{"a link without network", "route 10.0.0.1 link",
               R"(1:20 '' error: expected a network such as 10.0.0.0/24 after 'link'
)"},
          Case{"a network with a bad length", "route 10.0.0.1 link 10.0.0.0/33",
               R"(1:21 '10.0.0.0/33' error: '10.0.0.0/33' is not a network
  hint: a network is written as 10.0.0.0/24, its length being 0 to 32
)"},
          Case{
              "a network with bits after its prefix", "route 10.0.0.1 link 10.0.0.1/24",
              R"(1:21 '10.0.0.1/24' warning: '10.0.0.1/24' has bits set after the first 24: it is taken as 10.0.0.0/24
  hint: write 10.0.0.0/24, or 10.0.0.1 for the address alone
)"},
          Case{"add without net", "route 10.0.0.1 add 10.1.0.0/16 10.1.0.1",
               R"(1:20 '10.1.0.0/16' error: expected 'net', found '10.1.0.0/16'
)"},
          Case{"add net without next router", "route 10.0.0.1 add net 10.1.0.0/16",
               R"(1:35 '' error: expected the address of the next router after '10.1.0.0/16'
)"},
          Case{
              "add net with latency in its place", "route 10.0.0.1 add net 10.1.0.0/16 latency 5ms",
              R"(1:36 'latency' error: expected the address of the next router, found the keyword 'latency'
)"},
          Case{"a latency without unit", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55",
               R"(1:53 '55' error: '55' is not a latency
  hint: a latency is written in milliseconds, such as 55ms or 0.5ms
)"},
          Case{"a latency in seconds", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 1s",
               R"(1:53 '1s' error: '1s' is not a latency
  hint: a latency is written in milliseconds, such as 55ms or 0.5ms
)"},
          Case{"a latency that is no number",
               "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 1.2.3ms",
               R"(1:53 '1.2.3ms' error: '1.2.3ms' is not a latency
  hint: a latency is written in milliseconds, such as 55ms or 0.5ms
)"},
          Case{"a latency left out", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency loss 1",
               R"(1:53 'loss' error: expected a latency such as 55ms, found the keyword 'loss'
)"},
          Case{"a negative latency", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency -5ms",
               R"(1:53 '-5ms' error: '-5ms' is not a latency
  hint: a latency is written in milliseconds, such as 55ms or 0.5ms
)"},
          Case{"a latency of hours",
               "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 3600000ms",
               R"(1:53 '3600000ms' error: a latency of 3600000ms is too long
  hint: the longest is 60000ms
)"},
          Case{"two latencies",
               "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 5ms latency 6ms",
               R"(1:57 'latency' error: 'latency' is given twice for this link
)"},
          Case{"a misspelt latency", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latnecy 5ms",
               R"(1:45 'latnecy' error: expected the end of the statement, found 'latnecy'
  hint: did you mean 'latency'?
)"},
          Case{"a loss above 100", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 loss 100.5",
               R"(1:50 '100.5' error: a loss of 100.5 is impossible
  hint: loss is a percentage from 0 to 100
)"},
          Case{"a negative loss", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 loss -1",
               R"(1:50 '-1' error: a loss of -1 is impossible
  hint: loss is a percentage from 0 to 100
)"},
          Case{"a loss with a percent sign", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 loss 10%",
               R"(1:50 '10%' error: '10%' is not a number
  hint: loss is a percentage from 0 to 100, without the '%'
)"},
          Case{"a loss that is no number", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 loss 1x",
               R"(1:50 '1x' error: '1x' is not a number
  hint: loss is a percentage from 0 to 100
)"},
          Case{"a loss left out", "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 loss",
               R"(1:49 '' error: expected a percentage from 0 to 100 after 'loss'
)"},
          Case{"text after a command of one word", "add a tcp port 80 open now",
               R"(1:24 'now' error: expected the end of the statement, found 'now'
)"},
          Case{"text after a keyword", "create a open",
               R"(1:10 'open' error: expected the end of the statement, found 'open'
)"},
          Case{"a latency with its unit apart",
               "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency x ms",
               R"(1:53 'x' error: expected a latency such as 55ms, found 'x'
)"},
          Case{"a control character in a word",
               "bind 10.0.0.1\x1b"
               "[2J a",
               "1:6 '10.0.0.1\x1b"
               "[2J' error: '10.0.0.1\x1b"
               "[2J' is not an IPv4 address\n"
               "  hint: an address is four numbers from 0 to 255, such as 10.0.0.5\n"},
          Case{"several bad values in one statement",
               "route 10.0.0.999 add net 10.1.0.0/99 10.1.0.1 latency 5 loss 101",
               R"(1:7 '10.0.0.999' error: '10.0.0.999' is not an IPv4 address
  hint: an address is four numbers from 0 to 255, such as 10.0.0.5
1:26 '10.1.0.0/99' error: '10.1.0.0/99' is not a network
  hint: a network is written as 10.0.0.0/24, its length being 0 to 32
1:55 '5' error: '5' is not a latency
  hint: a latency is written in milliseconds, such as 55ms or 0.5ms
1:62 '101' error: a loss of 101 is impossible
  hint: loss is a percentage from 0 to 100
)"},
      }) {
    SCOPED_TRACE(c.name);
    SourceText source("x.conf", c.text);
    EXPECT_EQ(summary(parse(source).diagnostics, source), c.diagnostics);
  }
}

}  // namespace
}  // namespace apiary

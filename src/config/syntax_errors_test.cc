#include <gtest/gtest.h>

#include "config/testing/error_case.h"

namespace apiary {
namespace {

using Case = ErrorCase;

TEST(SyntaxErrors, OfTemplatesAreExplained) {
  for (
      const Case& c : {
          Case{"an unknown statement", "creat a",
               R"(1:1 'creat' error: unknown statement 'creat'
  hint: did you mean 'create'?
)"},
          Case{"a comment of another language", "// mine",
               R"(1:1 '// mine' error: this looks like a comment but is not one
  hint: a comment begins with '#'
)"},
          Case{"a statement that ends as in another language", "create a;",
               R"(1:8 'a;' error: 'a;' cannot be the name of a template
  hint: a statement ends without a ';'
)"},
          Case{"a trait of another name", "set a mac \"00:11:22:33:44:55\"",
               R"(1:7 'mac' error: expected 'personality', 'default' or another trait, found 'mac'
  hint: the traits are personality, default, ethernet, uptime, droprate, uid, maxfds, maxprocesses, maxmemory, maxcpu, maxtime, maxfilesize, maxoutput, egress, spoof, seed and name
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
  hint: put a command of several words in quotes
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
               R"(1:25 '10.0.0.1' error: '10.0.0.1' is not a target for a proxy
  hint: a proxy's target is HOST:PORT, such as 192.0.2.1:22 or $ipsrc:$dport, or unix:/PATH
)"},
          Case{"a proxy with an empty port", R"(add a tcp port 80 proxy 10.0.0.1:
)",
               R"(1:25 '10.0.0.1:' error: '10.0.0.1:' is not a target for a proxy
  hint: a proxy's target is HOST:PORT, such as 192.0.2.1:22 or $ipsrc:$dport, or unix:/PATH
)"},
          Case{"a proxy without host", "add a tcp port 80 proxy :80",
               R"(1:25 ':80' error: ':80' is not a target for a proxy
  hint: a proxy's target is HOST:PORT, such as 192.0.2.1:22 or $ipsrc:$dport, or unix:/PATH
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
          Case{"a proxy to a relative path", "add a tcp port 80 proxy unix:a.sock",
               R"(1:25 'unix:a.sock' error: 'a.sock' is not an absolute path
  hint: a Unix socket is written as unix:/run/sshd.sock
)"},
          Case{"a proxy to a folder", "add a tcp port 80 proxy unix:/run/",
               R"(1:25 'unix:/run/' error: '/run/' is a folder, not a socket
)"},
          Case{
              "a transparent proxy to a Unix socket",
              "add a tcp port 80 proxy unix:/run/a.sock transparent",
              R"(1:42 'transparent' error: a Unix socket has no addresses, so 'transparent' is impossible
  hint: write 'proxy-protocol'
)"},
          Case{
              "a transparent proxy to the visitor", "add a tcp port 80 proxy $ipsrc:80 transparent",
              R"(1:35 'transparent' error: a connection to the visitor cannot come from the visitor's own address
  hint: leave 'transparent' out
)"},
          Case{
              "a PROXY header for the visitor", "add a tcp port 80 proxy $ipsrc:80 proxy-protocol",
              R"(1:35 'proxy-protocol' error: the visitor would receive the header, and know that this is a honeypot
  hint: leave 'proxy-protocol' out
)"},
          Case{"a proxy that says it twice",
               "add a tcp port 80 proxy 10.0.0.1:80 transparent proxy-protocol",
               R"(1:49 'proxy-protocol' error: the target learns the visitor's address in one way
  hint: write either 'proxy-protocol' or 'transparent'
)"},
          Case{"a proxy to port 0 in quotes", R"(add a tcp port 80 proxy "host:0")",
               R"(1:25 '"host:0"' error: there is no port 0
  hint: a port is a number from 1 to 65535
)"},
      }) {
    expect_of_parser(c);
  }
}

}  // namespace
}  // namespace apiary

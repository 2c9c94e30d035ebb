#include <gtest/gtest.h>

#include "config/testing/error_case.h"

namespace apiary {
namespace {

using Case = ErrorCase;

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
    expect_of_parser(c);
  }
}

}  // namespace
}  // namespace apiary

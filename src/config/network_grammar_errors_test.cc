#include <gtest/gtest.h>

#include "config/testing/error_case.h"

namespace apiary {
namespace {

using Case = ErrorCase;

TEST(GrammarErrors, OfBindingsRoutesAndTheRestAreExplained) {
  for (
      const Case& c : {
          Case{"bind of addresses backwards", R"(bind 10.0.0.9-10.0.0.5 a)",
               R"(1:6 '10.0.0.9-10.0.0.5' error: the addresses '10.0.0.9-10.0.0.5' run backwards
  hint: write 10.0.0.5-10.0.0.9
)"},
          Case{"bind of a range with a bad end", R"(bind 10.0.0.5-9 a)",
               R"(1:6 '10.0.0.5-9' error: '9' is not an IPv4 address
  hint: an address is written in full, also the second of a range: 10.0.0.5-10.0.0.9
)"},
          Case{
              "bind of a network with bits after its prefix", R"(bind 10.0.0.1/24 a)",
              R"(1:6 '10.0.0.1/24' warning: '10.0.0.1/24' has bits set after the first 24: it is taken as 10.0.0.0/24
  hint: write 10.0.0.0/24, or 10.0.0.1 for the address alone
)"},
          Case{"bind of everything", R"(bind 0.0.0.0/0 a)",
               R"(1:6 '0.0.0.0/0' error: no machine can have all the addresses of 0.0.0.0/0
)"},
          Case{"bind of multicast", R"(bind 224.0.0.0/24 a)",
               R"(1:6 '224.0.0.0/24' error: no machine can have all the addresses of 224.0.0.0/24
)"},
          Case{"bind on a condition without address", R"(bind udp a)",
               R"(1:10 'a' error: expected the address to bind, found 'a'
)"},
          Case{"bind to no interface", R"(bind 10.0.0.1 to)",
               R"(1:17 '' error: expected the name of an interface after 'to'
)"},
          Case{"bind of a network to an interface", R"(bind 10.0.0.0/24 to eth0)",
               R"(1:6 '10.0.0.0/24' error: one machine has one address
)"},
          Case{"dhcp without on", R"(dhcp a eth0)",
               R"(1:8 'eth0' error: expected 'on', found 'eth0'
)"},
          Case{"dhcp without interface", R"(dhcp a on)",
               R"(1:10 '' error: expected the name of an interface after 'on'
)"},
          Case{"dhcp with a bad address", R"(dhcp a on eth0 ethernet "00:11")",
               R"(1:25 '"00:11"' error: '00:11' is not a link-layer address
  hint: it is written as 00:11:22:33:44:55
)"},
          Case{"broadcast without source port", R"(broadcast a dstport 1 time 3 "x")",
               R"(1:13 'dstport' error: expected 'srcport', found the keyword 'dstport'
)"},
          Case{"broadcast without time", R"(broadcast a srcport 1 dstport 2 "x")",
               R"(1:33 '"x"' error: expected 'time', found "x"
)"},
          Case{"broadcast without interval", R"(broadcast a srcport 1 dstport 2 time "x")",
               R"(1:38 '"x"' error: expected a number of seconds, found "x"
)"},
          Case{"broadcast all the time", R"(broadcast a srcport 1 dstport 2 time 0 "x")",
               R"(1:38 '0' error: 0 is not a number of seconds
  hint: it is from 1 to 31536000
)"},
          Case{"broadcast from several ports", R"(broadcast a srcport 1-2 dstport 2 time 5 "x")",
               R"(1:21 '1-2' error: expected one port, found several
)"},
          Case{
              "annotate without name", R"(annotate fragment old)",
              R"(1:10 'fragment' error: expected the name of an operating system in quotes, found the keyword 'fragment'
)"},
          Case{"annotate without what", R"(annotate "x")",
               R"(1:13 '' error: expected 'finscan', 'no' or 'fragment' after "x"
)"},
          Case{"annotate of an unknown kind", R"(annotate "x" fragments old)",
               R"(1:14 'fragments' error: expected 'finscan', 'no' or 'fragment', found 'fragments'
  hint: did you mean 'fragment'?
)"},
          Case{"no what", R"(annotate "x" no fragment)",
               R"(1:17 'fragment' error: expected 'finscan', found the keyword 'fragment'
)"},
          Case{"fragments in the middle", R"(annotate "x" fragment middle)",
               R"(1:23 'middle' error: expected 'drop', 'old' or 'new', found 'middle'
)"},
          Case{"option without plugin", R"(option)",
               R"(1:7 '' error: expected the name of a plugin after 'option'
)"},
          Case{"option without name", R"(option web)",
               R"(1:11 '' error: expected the name of an option after 'web'
)"},
          Case{"option without value", R"(option web port)",
               R"(1:16 '' error: expected a value after 'port'
)"},
          Case{"include without file", R"(include)",
               R"(1:8 '' error: expected the name of a file after 'include'
)"},
          Case{"include of an empty name", R"(include "")",
               R"(1:9 '""' error: the name of the file is empty
)"},
          Case{"unreach without network", R"(route 10.0.0.1 unreach)",
               R"(1:23 '' error: expected a network such as 10.0.0.0/24 after 'unreach'
)"},
          Case{"a misspelt unreach", R"(route 10.0.0.1 unrech 10.0.0.0/8)",
               R"(1:16 'unrech' error: expected 'link', 'add net' or 'unreach', found 'unrech'
  hint: did you mean 'unreach'?
)"},
          Case{"tunnel without ends", R"(route 10.0.0.1 add net 10.1.0.0/16 tunnel)",
               R"(1:42 '' error: expected the tunnel's address on this side after 'tunnel'
)"},
          Case{"tunnel to where it begins",
               R"(route 10.0.0.1 add net 10.1.0.0/16 tunnel 192.0.2.1 192.0.2.1)",
               R"(1:53 '192.0.2.1' error: the other end of a tunnel is another machine's address
)"},
          Case{"tunnel with a key that is none",
               R"(route 10.0.0.1 add net 10.1.0.0/16 tunnel 192.0.2.1 192.0.2.2 key x)",
               R"(1:67 'x' error: expected a tunnel's key, found 'x'
)"},
          Case{"tunnel with one end", R"(route 10.0.0.1 add net 10.1.0.0/16 tunnel 192.0.2.1)",
               R"(1:52 '' error: expected the tunnel's address on the other side after '192.0.2.1'
)"},
          Case{"a bandwidth in words",
               R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 bandwidth fast)",
               R"(1:55 'fast' error: expected a bandwidth such as 10Mbps, found 'fast'
)"},
          Case{"a bandwidth of an unknown unit",
               R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 bandwidth 10MB)",
               R"(1:55 '10MB' error: '10MB' is not a bandwidth
  hint: a bandwidth is written as 64Kbps, 10Mbps or 1Gbps
)"},
          Case{"no bandwidth at all",
               R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 bandwidth 0Mbps)",
               R"(1:55 '0Mbps' error: a bandwidth of 0Mbps is impossible
  hint: it is from 1 bit per second to 1000Gbps
)"},
          Case{"two bandwidths",
               R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 bandwidth 1Mbps bandwidth 2Mbps)",
               R"(1:61 'bandwidth' error: 'bandwidth' is given twice for this link
)"},
          Case{"drop without between",
               R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 bandwidth 1Mbps drop 5ms - 9ms)",
               R"(1:66 '5ms' error: expected 'between', found '5ms'
)"},
          Case{
              "drop backwards",
              R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 bandwidth 1Mbps drop between 9ms - 5ms)",
              R"(1:74 '9ms - 5ms' error: the delays '9ms-5ms' run backwards
  hint: the first is where dropping begins, the second where all is dropped
)"},
          Case{"drop with one end",
               R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 bandwidth 1Mbps drop between 9ms)",
               R"(1:74 '9ms' error: '9ms' is not a pair of delays
  hint: it is written as: drop between 10ms - 50ms
)"},
          Case{"drop without units",
               R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 bandwidth 1Mbps drop between 5 - 9)",
               R"(1:74 '5 - 9' error: '5' is not a delay
  hint: a delay is written in milliseconds, such as 55ms or 0.5ms
)"},
          Case{"drop without bandwidth",
               R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 drop between 5ms - 9 ms)",
               R"(1:58 '5ms - 9 ms' warning: 'drop' does nothing on a link of unlimited bandwidth
  hint: say how fast it is, for example: bandwidth 10Mbps
)"},
          Case{"a jitter without unit", R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 jitter 5)",
               R"(1:52 '5' error: '5' is not a jitter
  hint: a jitter is written in milliseconds, such as 55ms or 0.5ms
)"},
          Case{"a jitter of an unknown shape",
               R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 jitter 5ms gauss)",
               R"(1:56 'gauss' error: expected the end of the statement, found 'gauss'
)"},
          Case{"bursts without their end",
               R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 loss gemodel 1)",
               R"(1:59 '' error: expected a percentage from 0 to 100 after '1'
)"},
          Case{"an MTU too small for IP", R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 mtu 60)",
               R"(1:49 '60' error: 60 is not a number of bytes
  hint: it is from 68 to 65535
)"},
          Case{"reorder without latency",
               R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 reorder 5)",
               R"(1:53 '5' warning: 'reorder' does nothing on a link without latency
  hint: say how long it is, for example: latency 10ms
)"},
          Case{"reorder above 100", R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 reorder 200)",
               R"(1:53 '200' error: a reorder of 200 is impossible
  hint: reorder is a percentage from 0 to 100
)"},
          Case{"duplicate in words",
               R"(route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 duplicate often)",
               R"(1:55 'often' error: expected a percentage from 0 to 100, found 'often'
)"},
      }) {
    expect_of_parser(c);
  }
}

}  // namespace
}  // namespace apiary

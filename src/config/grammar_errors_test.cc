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

const ParseSettings with_port_names{.port_names = PortNames::parse("http 80/tcp www\n")};

TEST(GrammarErrors, OfTheWholeLanguageAreExplained) {
  for (
      const Case& c : {
          Case{"dynamic without name", R"(dynamic)",
               R"(1:8 '' error: expected the name of a template after 'dynamic'
)"},
          Case{"dynamic with a bad name", R"(dynamic a&b)",
               R"(1:9 'a&b' error: 'a&b' cannot be the name of a template
  hint: a name begins with a letter; letters, digits and . _ - / ( ) * $ follow, no quotes
)"},
          Case{"delete without name", R"(delete)",
               R"(1:7 '' error: expected the name of a template after 'delete'
)"},
          Case{"delete of a port without number", R"(delete a tcp port)",
               R"(1:18 '' error: expected a port number from 1 to 65535 after 'port'
)"},
          Case{"delete of a port without the word", R"(delete a tcp 80)",
               R"(1:14 '80' error: expected 'port', found '80'
  hint: write: port 80
)"},
          Case{"delete of a port of icmp", R"(delete a icmp port 80)",
               R"(1:10 'icmp' error: expected the end of the statement, found 'icmp'
)"},
          Case{
              "random misspelt", R"(set a personality randm)",
              R"(1:19 'randm' error: expected the name of an operating system in quotes, found 'randm'
  hint: did you mean 'random'?
)"},
          Case{
              "ethernet without quotes", R"(set a ethernet intel)",
              R"(1:16 'intel' error: expected a vendor or a link-layer address in quotes, found 'intel'
  hint: write "intel"
)"},
          Case{
              "an empty vendor", R"(set a ethernet "")",
              R"(1:16 '""' error: expected a vendor or a link-layer address in quotes, found nothing in the quotes
)"},
          Case{"a short link-layer address", R"(set a ethernet "00:11:22:33:44")",
               R"(1:16 '"00:11:22:33:44"' error: '00:11:22:33:44' is not a link-layer address
  hint: it is written as 00:11:22:33:44:55
)"},
          Case{"a link-layer address with gaps", R"(set a ethernet "00:11:22:**:**:**")",
               R"(1:16 '"00:11:22:**:**:**"' error: '00:11:22:**:**:**' is not a link-layer address
  hint: it is written as 00:11:22:33:44:55
)"},
          Case{
              "a group address", R"(set a ethernet "01:11:22:33:44:55")",
              R"(1:16 '"01:11:22:33:44:55"' error: 01:11:22:33:44:55 is a group address; no card can have it
)"},
          Case{"uptime in words", R"(set a uptime long)",
               R"(1:14 'long' error: expected a number of seconds, found 'long'
)"},
          Case{"a negative uptime", R"(set a uptime -5)",
               R"(1:14 '-5' error: expected a number of seconds, found '-5'
)"},
          Case{"an uptime with a unit", R"(set a uptime 5s)",
               R"(1:14 '5s' error: expected a number of seconds, found '5s'
)"},
          Case{"an uptime of ages", R"(set a uptime 99999999999)",
               R"(1:14 '99999999999' error: 99999999999 is not a number of seconds
  hint: it is from 0 to 3153600000
)"},
          Case{"droprate without direction", R"(set a droprate 5)",
               R"(1:16 '5' error: expected 'in' or 'syn', found '5'
  hint: write: droprate in 5
)"},
          Case{"droprate outwards", R"(set a droprate out 5)",
               R"(1:16 'out' error: expected 'in' or 'syn', found 'out'
)"},
          Case{"droprate above 100", R"(set a droprate in 101)",
               R"(1:19 '101' error: a droprate of 101 is impossible
  hint: droprate is a percentage from 0 to 100
)"},
          Case{"droprate in percent signs", R"(set a droprate in 5%)",
               R"(1:19 '5%' error: '5%' is not a number
  hint: droprate is a percentage from 0 to 100, without the '%'
)"},
          Case{"droprate without rate", R"(set a droprate in)",
               R"(1:18 '' error: expected a percentage from 0 to 100 after 'in'
)"},
          Case{"uid by name", R"(set a uid nobody)",
               R"(1:11 'nobody' error: expected a user's number, found 'nobody'
  hint: this prints it: id -u nobody
)"},
          Case{"a uid too high", R"(set a uid 4294967295)",
               R"(1:11 '4294967295' error: 4294967295 is not a user's number
  hint: it is from 0 to 4294967294
)"},
          Case{"gid left out", R"(set a uid 5 gid)",
               R"(1:16 '' error: expected a group's number after 'gid'
)"},
          Case{"a uid of root", R"(set a uid 0)",
               R"(1:11 '0' error: services may not run as root: attackers speak to them
  hint: choose the number of a user who may do nothing else
)"},
          Case{"a gid of root", R"(set a uid 5 gid 0)",
               R"(1:17 '0' error: services may not be of root's group
  hint: choose the number of a group that owns nothing
)"},
          Case{"a note on no system", R"(annotate random finscan)",
               R"(1:10 'random' warning: 'random' names no operating system: this does nothing
  hint: name one, as in: annotate "Linux 5.4" no finscan
)"},
          Case{"maxfds too low", R"(set a maxfds 3)",
               R"(1:14 '3' error: 3 is not a number of open files
  hint: it is from 4 to 65536
)"},
          Case{"maxfds left out", R"(set a maxfds)",
               R"(1:13 '' error: expected a number of open files after 'maxfds'
)"},
          Case{"spoof without end", R"(set a spoof)",
               R"(1:12 '' error: expected 'from' or 'to' after 'spoof'
)"},
          Case{"spoof to nowhere", R"(set a spoof to)",
               R"(1:15 '' error: expected the address to answer to after 'to'
)"},
          Case{"spoof from a network", R"(set a spoof from 10.0.0.0/24)",
               R"(1:18 '10.0.0.0/24' error: expected one address, found the network '10.0.0.0/24'
)"},
          Case{"a seed without quotes", R"(set a seed garden)",
               R"(1:12 'garden' error: expected a text in quotes, found 'garden'
  hint: write "garden"
)"},
          Case{"an empty seed", R"(set a seed " ")",
               R"(1:12 '" "' error: expected a text in quotes, found nothing in the quotes
)"},
          Case{"ports backwards", R"(add a tcp port 90-80 open)",
               R"(1:16 '90-80' error: the ports '90-80' run backwards
  hint: write 80-90
)"},
          Case{"a range of ports without end", R"(add a tcp port 80- open)",
               R"(1:16 '80-' error: expected a port number, found ''
  hint: a port is a number from 1 to 65535
)"},
          Case{"a range past all ports", R"(add a tcp port 80-70000 open)",
               R"(1:16 '80-70000' error: there is no port 70000
  hint: a port is a number from 1 to 65535
)"},
          Case{"a misspelt port name", R"(add a tcp port htp open)",
               R"(1:16 'htp' error: there is no tcp port called 'htp'
  hint: did you mean 'http'?
)"},
          Case{"a port name of the other protocol", R"(add a udp port http open)",
               R"(1:16 'http' error: there is no udp port called 'http'
  hint: a port is a number from 1 to 65535, or a name of /etc/services
)"},
          Case{
              "tarpit of nothing", R"(add a tcp port 80 tarpit)",
              R"(1:25 '' error: expected 'block', 'reset', 'open', 'proxy' or a command in quotes after 'tarpit'
)"},
          Case{
              "tarpit of a closed port", R"(add a tcp port 80 tarpit reset)",
              R"(1:19 'tarpit reset' warning: a port that takes no connections cannot hold them up: 'tarpit' does nothing here
)"},
          Case{"internal without script", R"(add a tcp port 80 internal)",
               R"(1:27 '' error: expected the name of a service in quotes after 'internal'
)"},
          Case{"internal without quotes", R"(add a tcp port 80 internal web.py)",
               R"(1:28 'web.py' error: expected the name of a service in quotes, found 'web.py'
  hint: write "web.py"
)"},
          Case{"subsystem without quotes", R"(add a subsystem httpd)",
               R"(1:17 'httpd' error: expected a command in quotes, found 'httpd'
  hint: write "httpd"
)"},
          Case{"subsystem without command", R"(add a subsystem)",
               R"(1:16 '' error: expected a command in quotes after 'subsystem'
)"},
          Case{"subsystem with an empty command", R"(add a subsystem "")",
               R"(1:17 '""' error: expected a command in quotes, found nothing in the quotes
)"},
          Case{"a misspelt word after subsystem", R"(add a subsystem "x" shard)",
               R"(1:21 'shard' error: expected the end of the statement, found 'shard'
  hint: did you mean 'shared'?
)"},
          Case{"use without template", R"(add a use)",
               R"(1:10 '' error: expected the name of a template after 'use'
)"},
          Case{"use without if", R"(add a use b)",
               R"(1:12 '' error: expected 'if' after 'b'
)"},
          Case{
              "use without condition", R"(add a use b if)",
              R"(1:15 '' error: expected a condition: 'source os', 'source ip', 'time between', a protocol or 'otherwise' after 'if'
)"},
          Case{
              "use on an unknown condition", R"(add a use b if moon = full)",
              R"(1:16 'moon' error: expected a condition: 'source os', 'source ip', 'time between', a protocol or 'otherwise', found 'moon'
)"},
          Case{"otherwise without use", R"(add a otherwise b)",
               R"(1:17 'b' error: expected 'use', found 'b'
)"},
          Case{"source without what", R"(add a use b if source)",
               R"(1:22 '' error: expected 'os' or 'ip' after 'source'
)"},
          Case{"source of an unknown kind", R"(add a use b if source port = 80)",
               R"(1:23 'port' error: expected 'os' or 'ip', found the keyword 'port'
)"},
          Case{"source os without equals sign", R"(add a use b if source os "Linux")",
               R"(1:26 '"Linux"' error: expected '=', found "Linux"
)"},
          Case{
              "source os without quotes", R"(add a use b if source os = Linux)",
              R"(1:28 'Linux' error: expected the name of an operating system in quotes, found 'Linux'
  hint: write "Linux"
)"},
          Case{"source ip of a bad network", R"(add a use b if source ip = 10.0.0.0/33)",
               R"(1:28 '10.0.0.0/33' error: '10.0.0.0/33' is not a network
  hint: a network is written as 10.0.0.0/24, its length being 0 to 32
)"},
          Case{"time without between", R"(add a use b if time 9:00am - 5:00pm)",
               R"(1:21 '9:00am' error: expected 'between', found '9:00am'
)"},
          Case{"time of one end", R"(add a use b if time between 9:00am)",
               R"(1:29 '9:00am' error: '9:00am' is not a span of time
  hint: it is written as: time between 9:00am - 5:00pm
)"},
          Case{"a time past the hour", R"(add a use b if time between 9:60am - 5:00pm)",
               R"(1:29 '9:60am - 5:00pm' error: '9:60am' is not a time of day
  hint: a time is written as 9:30am, 12:00pm (noon) or "17:30:00"
)"},
          Case{"a time past noon twice", R"(add a use b if time between 13:00pm - 5:00pm)",
               R"(1:29 '13:00pm - 5:00pm' error: '13:00pm' is not a time of day
  hint: a time is written as 9:30am, 12:00pm (noon) or "17:30:00"
)"},
          Case{"no time at all", R"(add a use b if time between 5:00pm - 5:00pm)",
               R"(1:29 '5:00pm - 5:00pm' error: '5:00pm-5:00pm' is no time at all
)"},
          Case{"time in words", R"(add a use b if time between noon - midnight)",
               R"(1:29 'noon' error: expected a span of time such as 9:00am - 5:00pm, found 'noon'
)"},
          Case{"an unknown protocol", R"(add a use b if proto sctp)",
               R"(1:22 'sctp' error: expected 'tcp', 'udp' or 'icmp', found 'sctp'
)"},
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
               R"(1:53 '192.0.2.1' error: a tunnel leads to another machine's address
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
    SCOPED_TRACE(c.name);
    SourceText source("x.conf", c.text);
    EXPECT_EQ(summary(parse(source, with_port_names).diagnostics, source), c.diagnostics);
  }
}

TEST(GrammarErrors, OfWhatStatementsMeanTogetherAreExplained) {
  for (
      const Case& c : {
          Case{"a deleted template is used",
               R"(create a
bind 10.0.0.1 a
delete a
bind 10.0.0.2 a)",
               R"(4:15 'a' error: template 'a' is deleted
  note: 3:8 'a' it is deleted here
)"},
          Case{"delete of an unknown template", R"(delete a)",
               R"(1:8 'a' error: there is no template 'a'
  hint: make one with: create a
)"},
          Case{"delete of an unbound address", R"(delete 10.0.0.1)",
               R"(1:8 '10.0.0.1' error: 10.0.0.1 is not bound
)"},
          Case{"delete of a port that is not there",
               R"(create a
create b
bind 10.0.0.1 a
bind 10.0.0.2 b
delete a tcp port 80)",
               R"(5:19 '80' warning: 'a' has no such tcp port to delete
)"},
          Case{"use on a template that is not dynamic",
               R"(create a
create b
bind 10.0.0.1 a
bind 10.0.0.2 b
add a use b if udp)",
               R"(5:5 'a' error: template 'a' is not dynamic
  hint: make it with: dynamic a
  note: 1:8 'a' it is created here
)"},
          Case{"use of an unknown template",
               R"(dynamic m
add m use x if udp
bind 10.0.0.1 m)",
               R"(2:11 'x' error: there is no template 'x'
  hint: make one with: create x
)"},
          Case{"a dynamic template that would be itself",
               R"(dynamic m
add m use m if udp
bind 10.0.0.1 m)",
               R"(2:11 'm' error: template 'm' would be itself, in a circle
)"},
          Case{"a host that is what it is itself", R"(create a
bind tcp 10.0.0.5 a
bind udp 10.0.0.5 10.0.0.5
bind tcp 10.0.0.6 10.0.0.5
bind udp 10.0.0.5 10.0.0.6)",
               R"(3:6 'udp' error: 10.0.0.5 would be itself, in a circle
5:6 'udp' error: 10.0.0.5 would be itself, in a circle
)"},
          Case{"dynamic templates in a circle",
               R"(dynamic m
dynamic n
add m use n if udp
add n use m if tcp
bind 10.0.0.1 m)",
               R"(4:11 'm' error: template 'n' would be itself, in a circle
)"},
          Case{"a choice after otherwise",
               R"(create a
dynamic m
add m otherwise use a
add m use a if udp
bind 10.0.0.1 m)",
               R"(4:16 'udp' warning: this is never asked: 'otherwise' of 'm' comes before it
)"},
          Case{
              "a trait of a dynamic template",
              R"(dynamic m
set m uptime 5
bind 10.0.0.1 m)",
              R"(2:5 'm' warning: template 'm' is dynamic and has nothing of its own: this does nothing
)"},
          Case{"a condition after otherwise",
               R"(create a
bind otherwise 10.0.0.1 a
bind udp 10.0.0.1 a)",
               R"(3:6 'udp' warning: this is never asked: 'otherwise' of 10.0.0.1 comes before it
)"},
          Case{"bound with a condition and without",
               R"(create a
bind udp 10.0.0.1 a
bind 10.0.0.1 a)",
               R"(3:6 '10.0.0.1' error: 10.0.0.1 is bound already
  note: 2:10 '10.0.0.1' it is bound here
)"},
          Case{"bound to a machine and a template",
               R"(create a
bind 10.0.0.1 a
bind 10.0.0.1 to eth0)",
               R"(3:6 '10.0.0.1' error: 10.0.0.1 is bound already
  note: 2:6 '10.0.0.1' it is bound here
)"},
          Case{"a host that is not bound", R"(set 10.0.0.1 uptime 5)",
               R"(1:5 '10.0.0.1' error: 10.0.0.1 is not bound
  hint: bind it first: bind 10.0.0.1 TEMPLATE
)"},
          Case{"a range bound twice",
               R"(create a
bind 10.0.0.0/24 a
bind 10.0.0.0-10.0.0.255 a)",
               R"(3:6 '10.0.0.0-10.0.0.255' error: 10.0.0.0/24 is bound already
  note: 2:6 '10.0.0.0/24' it is bound here
)"},
          Case{
              "ranges that overlap in part",
              R"(create a
bind 10.0.0.0-10.0.0.9 a
bind 10.0.0.5-10.0.0.19 a)",
              R"(3:6 '10.0.0.5-10.0.0.19' warning: 10.0.0.5-10.0.0.19 and 10.0.0.0-10.0.0.9 overlap in part; where they do, the smaller counts
  note: 2:6 '10.0.0.0-10.0.0.9' it is bound here
)"},
          Case{
              "a range that smaller ones cover",
              R"(create a
create b
bind 10.0.0.1 a
bind 10.0.0.2 b
bind 10.1.0.0/31 a
bind 10.1.0.0 b
bind 10.1.0.1 b)",
              R"(5:6 '10.1.0.0/31' warning: this counts nowhere: smaller bindings take all of 10.1.0.0/31
)"},
          Case{"a range that no route reaches",
               R"(create a
route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
bind 10.0.0.0/16 a
bind 10.1.0.0/24 a)",
               R"(5:6 '10.1.0.0/24' warning: no route reaches 10.1.0.0/24
)"},
          Case{"a template that nothing uses",
               R"(create a
create b
bind 10.0.0.1 b)",
               R"(1:8 'a' warning: template 'a' is never used
  hint: use it, for example: bind 10.0.0.1 a
)"},
          Case{
              "a network where nobody is",
              R"(create a
bind 10.0.0.2 a
route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 link 10.0.1.0/24)",
              R"(5:21 '10.0.1.0/24' warning: nobody is in 10.0.1.0/24: no machine is bound there, and there is no template 'default'
)"},
          Case{
              "a network where only routers are",
              R"(create a
bind 10.1.0.2 a
route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/24 10.1.0.1
route 10.1.0.1 link 10.1.0.0/24)",
              R"(4:21 '10.0.0.0/24' notice: nobody is in 10.0.0.0/24: no machine is bound there, and there is no template 'default'
)"},
          Case{
              "a router outside its networks",
              R"(create default
route entry 10.0.0.1
route 10.0.0.1 link 10.9.0.0/24)",
              R"(3:21 '10.9.0.0/24' warning: router 10.0.0.1 is outside the networks it is linked to
)"},
          Case{"an unreachable network twice",
               R"(route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 unreach 10.0.0.0/24)",
               R"(3:24 '10.0.0.0/24' error: router 10.0.0.1 has a route to 10.0.0.0/24 already
  note: 2:21 '10.0.0.0/24' it is given here
)"},
          Case{"annotate of an unknown personality", R"(annotate "Rad OS" fragment old)",
               R"(1:10 '"Rad OS"' warning: there is no personality "Rad OS"
  hint: the nearest are "Red OS", "Green OS", "Blue OS"
)"},
          Case{"dhcp of an unknown template", R"(dhcp a on eth0)",
               R"(1:6 'a' error: there is no template 'a'
  hint: make one with: create a
)"},
          Case{
              "broadcast of an unknown template", R"(broadcast a srcport 1 dstport 2 time 3 "x")",
              R"(1:1 'broadcast a srcport 1 dstport 2 time 3 "x"' not yet: 'broadcast' is not acted on yet: nothing is sent
1:11 'a' error: there is no template 'a'
  hint: make one with: create a
)"},
          Case{
              "a question",
              R"(list template
debug fd 1)",
              R"(1:1 'list template' warning: 'list' asks something of a running daemon; here it does nothing
2:1 'debug fd 1' warning: 'debug' asks something of a running daemon; here it does nothing
)"},
          Case{"ports given again by a range",
               R"(create a
create b
bind 10.0.0.1 a
bind 10.0.0.2 b
add a tcp port 80 open
add a tcp port 70-90 reset)",
               R"(6:16 '70-90' warning: tcp port 80 of 'a' is given again; this one counts
  note: 5:16 '80' it was given here
)"},
      }) {
    SCOPED_TRACE(c.name);
    SourceText source("x.conf", c.text);
    const TestCatalogue catalogue;
    const auto built = build_configuration(source, catalogue);
    EXPECT_EQ(summary(built ? built->remarks : built.error(), source), c.diagnostics);
    EXPECT_EQ(built.has_value(), c.diagnostics.find(" error: ") == std::string::npos);
  }
}

}  // namespace
}  // namespace apiary

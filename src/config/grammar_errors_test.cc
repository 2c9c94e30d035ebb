#include <gtest/gtest.h>

#include "config/testing/error_case.h"

namespace apiary {
namespace {

using Case = ErrorCase;

const ParseSettings with_port_names{.port_names = PortNames::parse("http 80/tcp www\n")};

TEST(GrammarErrors, OfTemplatesAreExplained) {
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
              R"(1:16 '"01:11:22:33:44:55"' error: 01:11:22:33:44:55 is a group address; no network card can have it
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
               R"(1:11 '0' error: services may not run as root: attackers talk to them
  hint: choose the number of a user who may do nothing else
)"},
          Case{"a gid of root", R"(set a uid 5 gid 0)",
               R"(1:17 '0' error: services may not have root's group
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
          Case{"maxprocesses of none", R"(set a maxprocesses 0)",
               R"(1:20 '0' error: 0 is not a number of processes
  hint: it is from 1 to 4096
)"},
          Case{"maxmemory too low", R"(set a maxmemory 128)",
               R"(1:17 '128' error: 128 is not a size of memory
  hint: it is from 4M to 1T
)"},
          Case{"maxmemory with another unit", R"(set a maxmemory 128X)",
               R"(1:17 '128X' error: '128X' is not a size of memory
  hint: it is written in bytes, or as 500K, 128M or 2G
)"},
          Case{"maxoutput left out", R"(set a maxoutput)",
               R"(1:16 '' error: expected a size of output after 'maxoutput'
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
          Case{"a name without quotes", R"(set a name web)",
               R"(1:12 'web' error: expected the hosts' name in quotes, found 'web'
  hint: write "web"
)"},
          Case{
              "a name with two dots in a row", R"(set a name "www..org")",
              R"(1:12 '"www..org"' error: the labels of a host's name have 1 to 63 characters, with dots between them
  hint: write no dot at the beginning or end, nor two in a row
)"},
          Case{"a name with a long label", "set a name \"" + std::string(64, 'x') + ".org\"",
               "1:12 '\"" + std::string(64, 'x') +
                   ".org\"' error: the labels of a host's name have 1 to 63 characters, with dots "
                   "between them\n"},
          Case{"a name of another alphabet", R"(set a name "café")",
               R"(1:12 '"café"' error: a host's name has printable characters of ASCII only
  hint: write other alphabets as DNS does: xn--...
)"},
          Case{"the longest label", "set a name \"" + std::string(63, 'x') + "\"", ""},
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
              R"(1:19 'tarpit reset' warning: a port that accepts no connections cannot slow them down: 'tarpit' does nothing here
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
               R"(1:29 '5:00pm - 5:00pm' error: '5:00pm-5:00pm' is an empty span of time
)"},
          Case{"time in words", R"(add a use b if time between noon - midnight)",
               R"(1:29 'noon' error: expected a span of time such as 9:00am - 5:00pm, found 'noon'
)"},
          Case{"an unknown protocol", R"(add a use b if proto sctp)",
               R"(1:22 'sctp' error: expected 'tcp', 'udp' or 'icmp', found 'sctp'
)"},
      }) {
    expect_of_parser(c, with_port_names);
  }
}

}  // namespace
}  // namespace apiary

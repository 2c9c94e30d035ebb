#include <gtest/gtest.h>

#include "config/testing/error_case.h"

namespace apiary {
namespace {

using Case = ErrorCase;

TEST(MeaningErrors, OfSeveralStatementsTogetherAreExplained) {
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
          Case{"a dynamic template that refers to itself",
               R"(dynamic m
add m use m if udp
bind 10.0.0.1 m)",
               R"(2:11 'm' error: template 'm' refers to itself
)"},
          Case{"a host that refers to itself", R"(create a
bind tcp 10.0.0.5 a
bind udp 10.0.0.5 10.0.0.5
bind tcp 10.0.0.6 10.0.0.5
bind udp 10.0.0.5 10.0.0.6)",
               R"(3:6 'udp' error: 10.0.0.5 refers to itself
5:6 'udp' error: 10.0.0.5 refers to itself
)"},
          Case{"dynamic templates in a circle",
               R"(dynamic m
dynamic n
add m use n if udp
add n use m if tcp
bind 10.0.0.1 m)",
               R"(4:11 'm' error: template 'n' refers to itself
)"},
          Case{"a choice after otherwise",
               R"(create a
dynamic m
add m otherwise use a
add m use a if udp
bind 10.0.0.1 m)",
               R"(4:16 'udp' warning: this is never reached: 'otherwise' of 'm' comes before it
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
               R"(3:6 'udp' warning: this is never reached: 'otherwise' of 10.0.0.1 comes before it
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
              R"(3:6 '10.0.0.5-10.0.0.19' warning: 10.0.0.5-10.0.0.19 and 10.0.0.0-10.0.0.9 overlap; where they do, the smaller binding applies
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
              R"(5:6 '10.1.0.0/31' warning: this binding has no effect: smaller bindings cover all of 10.1.0.0/31
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
              R"(5:21 '10.0.1.0/24' warning: no host is in 10.0.1.0/24: nothing is bound there, and there is no template 'default'
)"},
          Case{
              "a network where only routers are",
              R"(create a
bind 10.1.0.2 a
route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/24 10.1.0.1
route 10.1.0.1 link 10.1.0.0/24)",
              R"(4:21 '10.0.0.0/24' notice: no host is in 10.0.0.0/24: nothing is bound there, and there is no template 'default'
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
              R"(1:1 'broadcast a srcport 1 dstport 2 time 3 "x"' not yet: 'broadcast' is not supported yet: nothing is sent
1:11 'a' error: there is no template 'a'
  hint: make one with: create a
)"},
          Case{
              "a question",
              R"(list template
debug fd 1)",
              R"(1:1 'list template' warning: 'list' queries a running daemon; in a configuration it does nothing
2:1 'debug fd 1' warning: 'debug' queries a running daemon; in a configuration it does nothing
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
    expect_of_build(c);
  }
}

}  // namespace
}  // namespace apiary

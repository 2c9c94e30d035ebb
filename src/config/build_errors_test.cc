#include <gtest/gtest.h>

#include "config/testing/error_case.h"

namespace apiary {
namespace {

using Case = ErrorCase;

TEST(BuildErrors, AreExplained) {
  for (
      const Case& c : {
          Case{"an unknown template", R"(create web
bind 10.0.0.1 wbe)",
               R"(2:15 'wbe' error: there is no template 'wbe'
  hint: did you mean 'web'?
)"},
          Case{"an unknown template is reported once", R"(bind 10.0.0.1 a
bind 10.0.0.2 a
set a default tcp reset)",
               R"(1:15 'a' error: there is no template 'a'
  hint: make one with: create a
)"},
          Case{"default is not created by itself", "set default default tcp action block",
               R"(1:5 'default' error: there is no template 'default'
  hint: make one with: create default
)"},
          Case{"set on an unknown template", R"(set web personality "Red OS")",
               R"(1:5 'web' error: there is no template 'web'
  hint: make one with: create web
)"},
          Case{"add on an unknown template", "add web tcp port 80 open",
               R"(1:5 'web' error: there is no template 'web'
  hint: make one with: create web
)"},
          Case{"clone of an unknown template", R"(clone b a
bind 10.0.0.1 b)",
               R"(1:9 'a' error: there is no template 'a'
  hint: make one with: create a
)"},
          Case{"a template before it is created", R"(bind 10.0.0.1 a
create a)",
               R"(1:15 'a' error: template 'a' is used before it is created
  note: 2:8 'a' it is created here
)"},
          Case{"a template created twice", R"(create a
create b
create a)",
               R"(3:8 'a' error: template 'a' exists already
  note: 1:8 'a' it is created here
)"},
          Case{"a template created three times", R"(create a
create a
create a)",
               R"(2:8 'a' error: template 'a' exists already
  note: 1:8 'a' it is created here
3:8 'a' error: template 'a' exists already
  note: 1:8 'a' it is created here
)"},
          Case{"a clone under a name that exists", R"(create a
create b
clone a b)",
               R"(3:7 'a' error: template 'a' exists already
  note: 1:8 'a' it is created here
)"},
          Case{"a clone of itself", "clone a a",
               R"(1:9 'a' error: template 'a' is used before it is created
  note: 1:7 'a' it is created here
)"},
          Case{"an unknown personality", R"(create a
set a personality "Rde OS")",
               R"(2:19 '"Rde OS"' error: there is no personality "Rde OS"
  hint: the nearest are "Red OS", "Green OS", "Blue OS"
)"},
          Case{"an unknown personality, each time", R"(create a
create b
set a personality "X"
set b personality "X")",
               R"(3:19 '"X"' error: there is no personality "X"
  hint: the nearest are "Red OS", "Green OS", "Blue OS"
4:19 '"X"' error: there is no personality "X"
  hint: the nearest are "Red OS", "Green OS", "Blue OS"
)"},
          Case{"an old name of a personality, once", R"(create a
create b
set a personality "Teal OS"
set b personality "Teal OS")",
               R"(1:8 'a' warning: template 'a' is never used
  hint: use it, for example: bind 10.0.0.1 a
2:8 'b' warning: template 'b' is never used
  hint: use it, for example: bind 10.0.0.1 b
3:19 '"Teal OS"' notice: "Teal OS" is now "Blue OS"
)"},
          Case{"an address bound twice", R"(create a
create b
bind 10.0.0.1 a
bind 10.0.0.2 a
bind 10.0.0.1 b)",
               R"(5:6 '10.0.0.1' error: 10.0.0.1 is bound already
  note: 3:6 '10.0.0.1' it is bound here
)"},
          Case{"an address bound twice to unknown templates", R"(bind 10.0.0.1 a
bind 10.0.0.1 b)",
               R"(1:15 'a' error: there is no template 'a'
  hint: make one with: create a
2:6 '10.0.0.1' error: 10.0.0.1 is bound already
  note: 1:6 '10.0.0.1' it is bound here
2:15 'b' error: there is no template 'b'
  hint: make one with: create b
)"},
          Case{"a port given twice", R"(create a
add a tcp port 80 open
add a udp port 80 open
add a tcp port 80 reset
add a tcp port 80 block)",
               R"(1:8 'a' warning: template 'a' is never used
  hint: use it, for example: bind 10.0.0.1 a
4:16 '80' warning: tcp port 80 of 'a' is given again; this one counts
  note: 2:16 '80' it was given here
5:16 '80' warning: tcp port 80 of 'a' is given again; this one counts
  note: 4:16 '80' it was given here
)"},
          Case{"a port of the original given again", R"(create a
add a tcp port 80 open
clone b a
add b tcp port 80 reset)",
               R"(3:7 'b' warning: template 'b' is never used
  hint: use it, for example: bind 10.0.0.1 b
)"},
          Case{"routes without entry", R"(route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1)",
               R"(1:7 '10.0.0.1' error: there are routes, but no router that packets enter by
  hint: name it, for example: route entry 10.0.0.1
)"},
          Case{"a router that no entry leads to", R"(route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.5.0.1 link 10.5.0.0/24)",
               R"(3:7 '10.5.0.1' error: no entry leads to router 10.5.0.1
  hint: add a route to it, for example: route 10.0.0.1 add net NET 10.5.0.1
)"},
          Case{"routers that only lead to each other", R"(route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.5.0.1 add net 10.6.0.0/16 10.6.0.1
route 10.6.0.1 link 10.6.0.0/16)",
               R"(3:7 '10.5.0.1' error: no entry leads to router 10.5.0.1
  hint: add a route to it, for example: route 10.0.0.1 add net NET 10.5.0.1
3:36 '10.6.0.1' error: no entry leads to router 10.6.0.1
  hint: add a route to it, for example: route 10.0.0.1 add net NET 10.6.0.1
)"},
          Case{"a router without routes", R"(route entry 10.0.0.1
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1)",
               R"(2:36 '10.1.0.1' warning: router 10.1.0.1 has no routes
  hint: give it a network: route 10.1.0.1 link NET
)"},
          Case{"an entry without routes", "route entry 10.0.0.1",
               R"(1:13 '10.0.0.1' warning: router 10.0.0.1 has no routes
  hint: give it a network: route 10.0.0.1 link NET
)"},
          Case{
              "a circle of routes", R"(route entry 10.0.0.1
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1
route 10.1.0.1 add net 10.1.1.0/24 10.2.0.1
route 10.2.0.1 add net 10.1.1.0/24 10.1.0.1)",
              R"(4:24 '10.1.1.0/24 10.1.0.1' error: this route leads back to router 10.1.0.1: a routing loop
)"},
          Case{"a router that leads to itself", R"(route entry 10.0.0.1
route 10.0.0.1 add net 10.1.0.0/16 10.0.0.1)",
               R"(2:36 '10.0.0.1' error: router 10.0.0.1 cannot be its own next router
)"},
          Case{"a network linked twice", R"(route entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.1 link 10.0.0.0/24)",
               R"(3:21 '10.0.0.0/24' error: router 10.0.0.1 has a route to 10.0.0.0/24 already
  note: 2:21 '10.0.0.0/24' it is given here
)"},
          Case{"a network linked and led on", R"(route entry 10.0.0.1
route 10.0.0.1 link 10.1.0.0/16
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1
route 10.1.0.1 link 10.1.0.0/24)",
               R"(3:24 '10.1.0.0/16' error: router 10.0.0.1 has a route to 10.1.0.0/16 already
  note: 2:21 '10.1.0.0/16' it is given here
)"},
          Case{"a network led on to two routers", R"(route entry 10.0.0.1
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1
route 10.0.0.1 add net 10.1.0.0/16 10.2.0.1
route 10.1.0.1 link 10.1.0.0/24
route 10.2.0.1 link 10.2.0.0/24)",
               R"(3:24 '10.1.0.0/16' error: router 10.0.0.1 has a route to 10.1.0.0/16 already
  note: 2:24 '10.1.0.0/16' it is given here
)"},
          Case{"two entries for everything", R"(route entry 10.0.0.1
route entry 10.0.0.2
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.2 link 10.0.0.0/24)",
               R"(2:13 '10.0.0.2' error: every address has an entry router already
  note: 1:13 '10.0.0.1' its entry is here
)"},
          Case{"two entries for one network", R"(route entry 10.0.0.1 network 10.0.0.0/8
route entry 10.0.0.2 network 10.0.0.0/8
route 10.0.0.1 link 10.0.0.0/24
route 10.0.0.2 link 10.0.0.0/24)",
               R"(2:30 '10.0.0.0/8' error: 10.0.0.0/8 has an entry router already
  note: 1:13 '10.0.0.1' its entry is here
)"},
          Case{"a bound address that no route reaches", R"(create a
bind 10.0.0.9 a
bind 10.1.0.9 a
bind 192.0.2.1 a
route entry 10.0.0.1 network 10.0.0.0/8
route 10.0.0.1 link 10.0.0.0/24)",
               R"(3:6 '10.1.0.9' warning: no route reaches 10.1.0.9
4:6 '192.0.2.1' warning: no route reaches 192.0.2.1
)"},
          Case{"a broken route excuses what it leaves open", R"(route entry 10.0.0.1
route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 loss 200
route 10.1.0.1 link 10.1.0.0/24
create a
bind 10.1.0.2 a)",
               R"(2:50 '200' error: a loss of 200 is impossible
  hint: loss is a percentage from 0 to 100
)"},
          Case{"a misspelt route excuses what it leaves open", R"(roote entry 10.0.0.1
route 10.0.0.1 link 10.0.0.0/24)",
               R"(1:1 'roote' error: unknown statement 'roote'
  hint: did you mean 'route'?
)"},
          Case{"a broken creation excuses uses of its name", R"(crate a
set a default tcp reset
bind 10.0.0.1 a)",
               R"(1:1 'crate' error: unknown statement 'crate'
  hint: did you mean 'create'?
)"},
          Case{"what an include might say is not missed", R"(include all.conf
bind 10.0.0.1 a
route 10.0.0.1 link 10.0.0.0/24)",
               R"(1:9 'all.conf' error: cannot read all.conf: there are no files here
)"},
          Case{"unknown names are reported behind one another", R"(create a
bind 10.0.0.1 b
bind 10.0.0.2 c)",
               R"(2:15 'b' error: there is no template 'b'
  hint: make one with: create b
3:15 'c' error: there is no template 'c'
  hint: make one with: create c
)"},
          Case{"a name near a template further down", R"(bind 10.0.0.1 wbe
create web)",
               R"(1:15 'wbe' error: there is no template 'wbe'
  hint: did you mean 'web'?
)"},
          Case{"errors come in the order of the file", R"(bind 10.0.0.1 a
bind 10.0.0.300 b
create c
create c
route 10.0.0.1 link 10.0.0.0/24
add c tcp port 0 open)",
               R"(1:15 'a' error: there is no template 'a'
  hint: make one with: create a
2:6 '10.0.0.300' error: '10.0.0.300' is not an IPv4 address
  hint: an address is four numbers from 0 to 255, such as 10.0.0.5
4:8 'c' error: template 'c' exists already
  note: 3:8 'c' it is created here
5:7 '10.0.0.1' error: there are routes, but no router that packets enter by
  hint: name it, for example: route entry 10.0.0.1
6:16 '0' error: there is no port 0
  hint: a port is a number from 1 to 65535
)"},
      }) {
    expect_of_build(c);
  }
}

}  // namespace
}  // namespace apiary

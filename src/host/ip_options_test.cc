#include "host/ip_options.h"

#include <gtest/gtest.h>

#include <string>

namespace apiary {
namespace {

using std::string_literals::operator""s;

const IpAddress host = IpAddress::v4(0x0a000005);
constexpr Instant start{seconds{1'790'000'000}};

TEST(IpOptions, FindsTheFirstWrongByteAsLinuxDoes) {
  struct Case {
    const char* name;
    std::string options;
    std::optional<std::size_t> wrong;
  };
  for (const Case& c : {
           Case{"none", "", {}},
           Case{"no operations and an end", "\1\1\0\xff"s, {}},
           Case{"record route", "\7\13\4\0\0\0\0\0\0\0\0"s, {}},
           Case{"record route that is full", "\7\7\10\1\2\3\4"s, {}},
           Case{"an unknown option", "\x99\4\0\0"s, {}},
           Case{"a kind without a length", "\1\7"s, 1},
           Case{"a length of 1", "\1\1\7\1"s, 2},
           Case{"longer than the header", "\7\13\4\0"s, 0},
           Case{"record route without a pointer", "\7\2\0\0"s, 1},
           Case{"record route, a pointer of 3", "\7\13\3\0\0\0\0\0\0\0\0"s, 2},
           Case{"record route, room for half of an address", "\7\6\4\0\0\0\1\1"s, 2},
           Case{"two record routes", "\7\7\4\0\0\0\0\7\7\4\0\0\0\0"s, 7},
           Case{"timestamp without flags", "\104\3\5\0"s, 1},
           Case{"timestamp, a pointer of 4", "\104\14\4\0\0\0\0\0\0\0\0\0"s, 2},
           Case{"timestamp whose overflow is full", "\104\4\5\xf0"s, 3},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(read_ip_options(as_bytes(c.options)).wrong, c.wrong);
  }
}

TEST(IpOptions, AReplyRecordsTheHostOnceOrTwice) {
  struct Case {
    const char* name;
    std::string options;
    int entries;
    std::string expected;
  };
  const std::string own = "\x0a\0\0\5"s;
  for (const Case& c : {
           Case{"once", "\7\13\4\0\0\0\0\0\0\0\0"s, 1, "\7\13\10"s + own + "\0\0\0\0\0"s},
           Case{"twice", "\7\13\4\0\0\0\0\0\0\0\0"s, 2, "\7\13\14"s + own + own + "\0"s},
           Case{"room for one", "\7\7\4\0\0\0\0"s, 2, "\7\7\10"s + own + "\0"s},
           Case{"before a wrong one", "\7\7\4\0\0\0\0\7\7\4\0\0\0\0"s, 2, "\7\7\10"s + own + "\0"s},
           Case{"timestamps without room count once", "\104\4\5\x10"s, 2, "\104\4\5\x20"s},
       }) {
    SCOPED_TRACE(c.name);
    const EchoedOptions echoed(as_bytes(c.options), c.entries, host, start);
    EXPECT_EQ(as_text(echoed.bytes()), c.expected);
  }
}

}  // namespace
}  // namespace apiary

#include "service/proxy_target.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(ProxyTarget, IsAHostAndAPort) {
  struct Case {
    const char *text, *host;
    std::uint16_t port;
    sa_family_t family;  // AF_UNSPEC: a name
  };
  for (const Case& c : {
           Case{"10.0.0.1:22", "10.0.0.1", 22, AF_INET},
           Case{"[2001:db8::1]:65535", "2001:db8::1", 65535, AF_INET6},
           Case{"www.example.org:80", "www.example.org", 80, AF_UNSPEC},
           Case{"10.0.0:80", "10.0.0", 80, AF_UNSPEC},
       }) {
    SCOPED_TRACE(c.text);
    const auto target = parse_proxy_target(c.text);
    ASSERT_TRUE(target);
    EXPECT_EQ(target->host, c.host);
    EXPECT_EQ(target->port.number, c.port);
    const auto address = numeric_address(*target);
    ASSERT_EQ(address.has_value(), c.family != AF_UNSPEC);
    EXPECT_EQ(address.value_or(SocketAddress{}).storage.ss_family, c.family);
  }
}

TEST(ProxyTarget, IsNothingElse) {
  for (const char* text : {"", ":", "host", "host:", ":80", "host:0", "host:65536", "host:80x",
                           "host:-1", "2001:db8::1:80", "[]:80", "host: 80"}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(parse_proxy_target(text));
  }
}

TEST(ProxyTarget, APathFitsIntoASocketAddress) {
  const auto address = unix_address("/" + std::string(106, 'x'));
  ASSERT_TRUE(address);
  EXPECT_EQ(address->storage.ss_family, AF_UNIX);
  EXPECT_FALSE(unix_address("/" + std::string(107, 'x')));
}

}  // namespace
}  // namespace apiary

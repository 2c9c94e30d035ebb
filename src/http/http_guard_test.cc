#include "http/http_guard.h"

#include <gtest/gtest.h>

#include "http/parameters.h"
#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

const std::string token = "a-token-of-sixteen-and-more";

TEST(WebAddress, IsReadOrRefused) {
  const struct {
    const char* text;
    const char* url;  // empty: refused
    bool is_loopback = true;
  } cases[] = {
      {"127.0.0.1:8080", "http://127.0.0.1:8080/"},
      {"8080", "http://127.0.0.1:8080/"},
      {"localhost:80", "http://127.0.0.1:80/"},
      {"127.9.9.9:80", "http://127.9.9.9:80/"},
      {"[::1]:8080", "http://[::1]:8080/"},
      {"0.0.0.0:8080", "http://0.0.0.0:8080/", false},
      {"192.0.2.1:8080", "http://192.0.2.1:8080/", false},
      {"[2001:db8::1]:80", "http://[2001:db8::1]:80/", false},
      {"", ""},
      {"127.0.0.1:", ""},
      {"127.0.0.1:0", ""},
      {"127.0.0.1:65536", ""},
      {"127.0.0.1:80x", ""},
      {"hive:8080", ""},
      {"10.0.0.0/8", ""},
      {"unix:/run/x/web.sock", "unix:/run/x/web.sock", false},
      {"http://127.0.0.1:80", ""},
  };
  for (const auto& c : cases) {
    const auto address = parse_web_address(c.text);
    ASSERT_EQ(address.has_value(), *c.url != '\0') << c.text;
    if (!address) continue;
    EXPECT_EQ(url_of(*address), c.url);
    EXPECT_EQ(address->is_loopback, c.is_loopback) << c.text;
  }
}

TEST(HttpGuard, LetsThroughWhoMay) {
  const auto get = [](const char* path, const char* host, const char* bears = "") {
    return HttpRequest{.method = "GET", .path = path, .host = host, .token = bears};
  };
  const auto post = [](const char* path, const char* bears) {
    return HttpRequest{.method = "POST", .path = path, .host = "127.0.0.1:8080", .token = bears};
  };
  const auto put = [](const char* bears) {
    return HttpRequest{
        .method = "PUT", .path = "/api/configuration", .host = "127.0.0.1:8080", .token = bears};
  };
  HttpRequest foreign = get("/api/events", "127.0.0.1:8080", token.c_str());
  foreign.fetch_site = "cross-site";
  HttpRequest options = get("*", "127.0.0.1:8080");
  options.method = "OPTIONS";
  const char* const local = "127.0.0.1:8080";
  const char* const open = "0.0.0.0:8080";
  const char* const at_unix = "unix:/run/x";
  const struct {
    const char* name;
    const char* address;
    HttpRequest request;
    int status;  // 0: it is answered
  } cases[] = {
      {"the page from here", local, get("/", "127.0.0.1:8080"), 0},
      {"by its name", local, get("/", "localhost:8080"), 0},
      {"by its name in large letters", local, get("/", "LocalHost:8080"), 0},
      {"by IPv6", local, get("/", "[::1]:8080"), 0},
      {"by a name that a page made up", local, get("/api/events", "evil.example:8080"), 421},
      {"by that name, with the token", local, get("/api/events", "evil:8080", token.c_str()), 421},
      {"without a name, as HTTP/1.0 may", local, get("/healthz", ""), 0},
      {"metrics from here", local, get("/metrics", "127.0.0.1:8080"), 0},
      {"asking what may be asked", local, options, 0},
      {"by another site's page", local, foreign, 403},
      {"events without the token", local, get("/api/events", "127.0.0.1:8080"), 401},
      {"the stream without it", local, get("/api/stream", "127.0.0.1:8080"), 401},
      {"what does not exist, without it", local, get("/api/", "127.0.0.1:8080"), 401},
      {"a check without it", local, post("/api/configuration/check", ""), 401},
      {"events with it", local, get("/api/events", "127.0.0.1:8080", token.c_str()), 0},
      {"a change without it", local, put(""), 401},
      {"a change with half of it", local, put("a-token-of-six"), 401},
      {"a change with more than it", local, put((token + "x").c_str()), 401},
      {"a change with it", local, put(token.c_str()), 0},
      {"from elsewhere, the page", open, get("/", "192.0.2.1:8080"), 0},
      {"from elsewhere, health", open, get("/healthz", "192.0.2.1:8080"), 0},
      {"from elsewhere, events", open, get("/api/events", "192.0.2.1:8080"), 401},
      {"from elsewhere, metrics", open, get("/metrics", "192.0.2.1:8080"), 401},
      {"from elsewhere with it", open, get("/metrics", "h:8080", token.c_str()), 0},
      {"at a Unix socket, events", at_unix, get("/api/events", "localhost"), 0},
      {"at a Unix socket, a change", at_unix, put(""), 0},
      {"at a Unix socket, by a proxy's name", at_unix, get("/api/events", "hive.example"), 0},
      {"at a Unix socket, by another site's page", at_unix, foreign, 403},
  };
  for (const auto& c : cases) {
    const WebAddress address = parse_web_address(c.address).value();
    const HttpGuard guard(address, address.is_unix() ? "" : token, "ask the operator");
    const auto refusal = guard.refuse(c.request);
    EXPECT_EQ(refusal ? refusal->status : 0, c.status) << c.name;
    if (c.status == 401)
      EXPECT_NE(refusal->body.find("Bearer TOKEN; ask the operator"), std::string::npos) << c.name;
  }
}

TEST(Parameters, AreReadOrRefused) {
  const auto filter = [](std::multimap<std::string, std::string> parameters) {
    return filter_of({.method = "GET", .path = "/", .parameters = std::move(parameters)});
  };
  const auto read = filter({{"kind", "contact,scan"}, {"source", "192.0.2.0/24"}, {"port", "22"}});
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->kinds.contains(EventKind::scan));
  EXPECT_FALSE(read->kinds.contains(EventKind::note));
  EXPECT_EQ(read->port, 22);
  EXPECT_TRUE(filter({{"source", "192.0.2.1"}}));
  for (const auto& [name, value] :
       {std::pair{"kind", "contact,nonsense"}, std::pair{"source", "everybody"},
        std::pair{"host", "10.0.0/8"}, std::pair{"port", "70000"}, std::pair{"port", "ssh"}})
    EXPECT_FALSE(filter({{name, value}})) << name << " " << value;
}

}  // namespace
}  // namespace apiary

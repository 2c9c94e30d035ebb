#include "http/web_forwarder.h"

#include "http/testing/http_server_fixture.h"
#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

using std::chrono::milliseconds;

/// A daemon's server at a Unix socket, and a forwarder to it on loopback.
class WebForwarderTest : public testing::Test {
 protected:
  void SetUp() override {
    daemon_ = HttpServer::listen_at({.host = {}, .socket_path = path}).value();
    daemon_->serve(handler);
    WebAddress address{.host = "127.0.0.1", .is_loopback = true};
    auto socket = WebSocket::listen_at(address).value();
    address.port = socket.port();
    forwarder_ = std::make_unique<WebForwarder>(
        WebForwarder::Settings{path, address, token, code, [this] { ++redeemed; }});
    port = address.port;
    server_ = HttpServer::make(std::move(socket));
    server_->serve(*forwarder_);
  }
  void TearDown() override { server_->stop(); }

  std::string asked(const std::string& line, const std::string& fields = "",
                    const std::string& body = "") const {
    return HttpTestClient(port)
        .send(line + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + fields +
              (body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n") +
              "\r\n" + body)
        .receive();
  }

  const TemporaryFolder folder;
  const std::string path = folder.path() + "/web.sock";
  const std::string token = "the-token-of-this-run";
  const std::string bearer = "Authorization: Bearer " + token + "\r\n";
  HttpTestHandler handler;
  OneTimeCode code;
  std::atomic<int> redeemed = 0;
  std::uint16_t port = 0;

 private:
  std::unique_ptr<HttpServer> daemon_, server_;
  std::unique_ptr<WebForwarder> forwarder_;
};

TEST_F(WebForwarderTest, PassesRequestsOnToThoseWithTheToken) {
  const struct {
    const char* name;
    std::string line, fields, body;
    const char *status, *response;
  } cases[] = {
      {"the page needs no token", "GET /", "", "", "200", "GET / "},
      {"a request without it", "GET /api/events", "", "", "401", nullptr},
      {"with a wrong one", "GET /api/events", "Authorization: Bearer x\r\n", "", "401", nullptr},
      {"with it", "GET /api/events", bearer, "", "200", "GET /api/events "},
      {"a path with escapes", "GET /api/a%20b?c=%26", bearer, "", "200", "GET /api/a b "},
      {"a change", "PUT /api/configuration", bearer, "text", "200", "PUT /api/configuration text"},
      {"what the daemon refuses", "GET /refused", bearer, "", "403", nullptr},
      {"a page of another site", "GET /api/events", bearer + "Sec-Fetch-Site: cross-site\r\n", "",
       "403", nullptr},
      {"another name", "GET http://evil.example/api/events", bearer, "", "421", nullptr},
  };
  for (const auto& c : cases) {
    const std::string got = asked(c.line, c.fields, c.body);
    EXPECT_EQ(got.substr(9, 3), c.status) << c.name << "\n" << got;
    if (c.response != nullptr) EXPECT_EQ(body_of(got), c.response) << c.name;
  }
}

TEST_F(WebForwarderTest, KeepsTheFormOfResponses) {
  handler.answers = [](const HttpRequest& request) {
    return HttpResponse{.body = request.takes_gzip ? "packed" : "plain",
                        .type = "text/x",
                        .is_gzip = request.takes_gzip,
                        .is_immutable = true,
                        .file_name = "a.csv"};
  };
  const std::string got = asked("GET /file", "Accept-Encoding: gzip\r\n");
  for (const char* const field :
       {"Content-Type: text/x\r\n", "Content-Encoding: gzip\r\n", "immutable\r\n",
        "filename=\"a.csv\"\r\n", "Content-Length: 6\r\n"})
    EXPECT_NE(got.find(field), std::string::npos) << field << got;
  EXPECT_EQ(body_of(got), "packed");
}

TEST_F(WebForwarderTest, PassesAStreamOnAsItComes) {
  std::atomic<bool> goes_on = false;
  handler.answers = [&](const HttpRequest&) {
    return HttpResponse{.type = "text/event-stream",
                        .stream = [&goes_on, turn = 0](std::string& more) mutable {
                          if (turn == 1 && !goes_on) return StreamState::more_later;
                          more = turn == 0 ? "first" : "second";
                          return ++turn == 2 ? StreamState::over : StreamState::more_now;
                        }};
  };
  HttpTestClient client(port);
  client.send("GET /api/stream HTTP/1.1\r\nHost: localhost\r\n" + bearer + "\r\n");
  EXPECT_NE(client.receive("first").find("first"), std::string::npos);
  EXPECT_EQ(client.receive("second", milliseconds(200)).find("second"), std::string::npos);
  goes_on = true;
  EXPECT_NE(client.receive("second").find("second"), std::string::npos);
}

TEST_F(WebForwarderTest, GivesTheTokenOnceForTheCode) {
  const std::string first = code.renew();
  const auto log_in = [this](const std::string& with) {
    return asked("POST /api/login", "", with);
  };
  EXPECT_EQ(log_in("guess").substr(9, 3), "403");
  EXPECT_EQ(redeemed, 0);
  EXPECT_EQ(body_of(log_in(first)), "{\n  \"token\": \"the-token-of-this-run\"\n}");
  EXPECT_EQ(redeemed, 1);
  EXPECT_EQ(log_in(first).substr(9, 3), "403") << "a second time";
  const std::string second = code.renew(), third = code.renew();
  EXPECT_EQ(log_in(second).substr(9, 3), "403") << "a later one voids it";
  EXPECT_EQ(log_in(third).substr(9, 3), "200");
  EXPECT_EQ(asked("GET /api/login").substr(9, 3), "405");
  EXPECT_EQ(asked("POST /api/login").substr(9, 3), "411");
  EXPECT_EQ(asked("POST /api/login", "Sec-Fetch-Site: cross-site\r\n", code.renew()).substr(9, 3),
            "403");
}

TEST_F(WebForwarderTest, ReportsThatTheDaemonIsGone) {
  unlink(path.c_str());
  const std::string got = asked("GET /api/events", bearer);
  EXPECT_EQ(got.substr(9, 3), "502");
  EXPECT_NE(got.find("connecting to " + path), std::string::npos) << got;
}

}  // namespace
}  // namespace apiary

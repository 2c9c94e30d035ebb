#include <filesystem>

#include "service/testing/service_fixture.h"

namespace apiary {
namespace {

/// Runs examples/scripts/ as the paper's Figure 5 names them.
class ExampleScripts : public ServiceTest {
 protected:
  ExampleScripts() {
    directory = std::filesystem::path(__FILE__).parent_path() / "../../examples";
    restart({});
  }
  std::string web_answer(std::string_view request) {
    const SessionId session = open_script("sh scripts/web.sh");
    deliver(session, request);
    run_until_ended(session);
    close(session);
    return received[session.value].output;
  }
};

TEST_F(ExampleScripts, TheRouterTakesThreeLoginsAndGrantsNone) {
  const SessionId session = open_script("scripts/router-telnet.pl");
  run_until([&] { return received[1].output.ends_with("Username: "); });
  EXPECT_EQ(received[1].output,
            "\xff\xfb\x01\xff\xfb\x03\r\n\r\nUser Access Verification\r\n\r\nUsername: ");
  deliver(session, "admin\r\ncisco\r\nroot\n\x1b\"\n");
  deliver(session, std::string_view("a\r\0b\r\0", 6));
  run_until_ended(session);
  EXPECT_TRUE(received[1].output.ends_with("Username: Password: % Login invalid\r\n\r\n"));
  run_until_no_process();
  EXPECT_EQ(notes.texts, (std::vector<std::string>{
                             "login attempt user=\"admin\" password=\"cisco\"",
                             "login attempt user=\"root\" password=\"\\x1b\\\"\"",
                             "login attempt user=\"a\" password=\"b\"",
                         }));
}

TEST_F(ExampleScripts, TheRouterEchoesToATelnetClientAllButThePassword) {
  const SessionId session = open_script("scripts/router-telnet.pl");
  // DO ECHO, WILL TERMINAL-TYPE, then an answer with a typing error, typed with commands between.
  deliver(session, "\xff\xfd\x01\xff\xfb\x18gf\x7fue\xff\xf1st\r");
  run_until([&] { return received[1].output.ends_with("Password: "); });
  EXPECT_TRUE(received[1].output.ends_with("Username: \xff\xfe\x18gf\x08 \x08uest\r\nPassword: "));
  deliver(session, "secret\r");
  run_until([&] { return received[1].output.ends_with("Username: "); });
  EXPECT_EQ(received[1].output.find("secret"), std::string::npos);
  close(session);
  EXPECT_EQ(notes.texts,
            std::vector<std::string>{"login attempt user=\"guest\" password=\"secret\""});
}

TEST_F(ExampleScripts, TheRouterTakesARequestOfAnotherProtocolForNoLogin) {
  for (const std::string_view request :
       {std::string_view("GET / HTTP/1.0\r\n\r\nroot\r\n1234\r\n"),
        std::string_view("\x16\x03\x01\0\xee\r\nh2\r\nroot\r\n1234\r\n", 23)}) {
    const SessionId session = open_script("scripts/router-telnet.pl");
    deliver(session, request);
    end_input(session);
    run_until_ended(session);
    close(session);
    run_until_no_process();
  }
  ASSERT_EQ(notes.texts.size(), 4u) << ::testing::PrintToString(notes.texts);
  for (const std::string& text : notes.texts) EXPECT_TRUE(text.starts_with("another protocol: \""));
}

TEST_F(ExampleScripts, TheWebServerAnswersAsApacheDoes) {
  struct Case {
    const char *request, *status;
  };
  for (const Case& c : {
           Case{"GET / HTTP/1.0\r\n\r\n", "200 OK"},
           Case{"GET /index.html?x HTTP/1.1\r\nHost: a\r\n\r\n", "200 OK"},
           Case{"GET http://a/ HTTP/1.1\nHost: a\n\n", "200 OK"},
           Case{"HEAD / HTTP/1.0\r\n\r\n", "200 OK"},
           Case{"GET /admin HTTP/1.0\r\n\r\n", "404 Not Found"},
           Case{"GET / HTTP/1.1\r\n\r\n", "400 Bad Request"},
           Case{"GET /\r\n\r\n", "400 Bad Request"},
           Case{"\x16\x03\x01 nonsense\r\n\r\n", "400 Bad Request"},
           Case{"POST / HTTP/1.0\r\n\r\n", "405 Method Not Allowed"},
           Case{"BREW / HTTP/1.0\r\n\r\n", "501 Not Implemented"},
       }) {
    SCOPED_TRACE(c.request);
    const std::string answer = web_answer(c.request);
    EXPECT_TRUE(answer.starts_with(std::string("HTTP/1.1 ") + c.status + "\r\nDate: ")) << answer;
    EXPECT_NE(answer.find("\r\nServer: Apache/"), std::string::npos);
    const std::size_t length_at = answer.find("\r\nContent-Length: ");
    ASSERT_NE(length_at, std::string::npos);
    const std::size_t body_size = answer.size() - answer.find("\r\n\r\n") - 4;
    const bool is_head = std::string_view(c.request).starts_with("HEAD");
    const std::size_t length = std::stoul(answer.substr(length_at + 18));
    EXPECT_GT(length, 0u);
    EXPECT_EQ(body_size, is_head ? 0 : length);
  }
}

TEST_F(ExampleScripts, TheWebServerNotesEachRequest) {
  web_answer("GET /\"x HTTP/1.0\r\nUser-Agent: sq\x1bl map\r\n\r\n");
  web_answer("HEAD / HTTP/1.0\r\nUSER-AGENT:curl\r\n\r\n");
  EXPECT_EQ(notes.texts, (std::vector<std::string>{
                             "GET \"/\\x22x\" 404 agent=\"sq\\x1bl map\"",
                             "HEAD \"/\" 200 agent=\"curl\"",
                         }));
}

}  // namespace
}  // namespace apiary

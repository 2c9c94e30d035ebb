#include "control/control_protocol.h"

#include <gtest/gtest.h>

#include "control/control_client.h"

namespace apiary {
namespace {

TEST(ControlProtocol, RequestsSurviveEncoding) {
  for (const ControlRequest& request :
       {ControlRequest{false, "bind 10.0.0.9 netbsd"}, ControlRequest{true, "status"}}) {
    SCOPED_TRACE(request.command);
    std::string line = to_wire(request);
    ASSERT_EQ(line.back(), '\n');
    line.pop_back();
    const auto parsed = parse_control_request(line);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->json, request.json);
    EXPECT_EQ(parsed->command, request.command);
  }
}

TEST(ControlProtocol, OtherLinesAreNotRequests) {
  for (const char* line : {"", "text", "jsonstatus", "status", " text status", "GET / HTTP/1.1"})
    EXPECT_FALSE(parse_control_request(line)) << line;
}

TEST(ControlProtocol, HeadersSurviveEncoding) {
  EXPECT_EQ(header_of({true, "ab\n"}), "ok 3\n");
  EXPECT_EQ(header_of({false, ""}), "error 0\n");
  const auto refused = parse_control_response_header("error 17");
  ASSERT_TRUE(refused);
  EXPECT_FALSE(refused->ok);
  EXPECT_EQ(refused->text_bytes, 17U);
  for (const char* line :
       {"", "ok", "ok ", "ok x", "ok 3 ", "ok -1", "fine 3", "ok 99999999999999999999999"})
    EXPECT_FALSE(parse_control_response_header(line)) << line;
}

TEST(ControlClient, WordsOfTheShellMakeACommand) {
  struct Case {
    std::string_view name;
    std::vector<std::string> words;
    std::string_view command;
  };
  for (const Case& c : {
           Case{"one word is the command", {"bind 10.0.0.9 a"}, "bind 10.0.0.9 a"},
           Case{"several are joined", {"bind", "10.0.0.9", "a"}, "bind 10.0.0.9 a"},
           Case{"words that were quoted in the shell get quotes again",
                {"set", "a", "personality", "Red OS"},
                "set a personality \"Red OS\""},
           Case{"quoted words stay quoted",
                {"set", "a", "personality", "\"Red OS\""},
                "set a personality \"Red OS\""},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(command_of(c.words), c.command);
  }
}

}  // namespace
}  // namespace apiary

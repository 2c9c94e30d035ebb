#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "service/script_command.h"
#include "service/testing/service_fixture.h"

namespace apiary {
namespace {

/// docs/services.md, the page for those who write services.
std::string page() {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "../../docs/services.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ServiceDocumentation, NamesEveryVariableOfTheEnvironment) {
  std::vector<std::string> documented, given;
  const std::string text = page();
  const std::regex row("\\n\\| `([A-Z_]+)` \\|");
  for (std::sregex_iterator found(text.begin(), text.end(), row), end; found != end; ++found)
    documented.push_back((*found)[1]);
  for (const std::string& variable : service_environment({}, "/etc/apiary"))
    given.push_back(variable.substr(0, variable.find('=')));
  EXPECT_EQ(documented, given);
}

TEST(ServiceDocumentation, ShowsHowACommandIsSplit) {
  const FlowKey flow{.remote = {IpAddress::v4(192, 0, 2, 9), {4000}}};
  const std::string text = page();
  const std::regex row("\\n\\| `\"(.+?)\"`.* \\| (`.*`) \\|");
  int rows = 0;
  for (std::sregex_iterator found(text.begin(), text.end(), row), end; found != end; ++found) {
    SCOPED_TRACE((*found)[1]);
    // As the configuration has it: \" is a quote and \\ a backslash.
    const std::string command =
        std::regex_replace((*found)[1].str(), std::regex(R"(\\(["\\]))"), "$1");
    const auto words = service_arguments(command, {.flow = flow});
    std::string listed;
    for (const std::string& word : words) listed += (listed.empty() ? "`" : ", `") + word + "`";
    EXPECT_EQ(listed, (*found)[2]);
    ++rows;
  }
  EXPECT_EQ(rows, 5);
}

TEST_F(ServiceTest, TheExampleOfTheDocumentationTakesALogin) {
  const std::string text = page();
  const std::size_t begin = text.find("```sh\n#!/bin/sh\n") + 6;
  write_script("pop3.sh", text.substr(begin, text.find("```", begin) - begin));
  open_script("sh pop3.sh");
  deliver({1}, "user root\r\nPASS a\"\xff b\r\nSTAT\r\nQUIT\r\n");
  run_until_ended({1});
  EXPECT_EQ(received[1].output,
            "+OK POP3 server ready\r\n+OK\r\n-ERR [AUTH] Authentication failed.\r\n"
            "-ERR Unknown command.\r\n+OK Logging out\r\n");
  run_until_no_process();
  EXPECT_EQ(notes.texts,
            std::vector<std::string>{"login attempt user=\"root\" password=\"a\\x22\\xff b\""});
}

}  // namespace
}  // namespace apiary

#include "config/format.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/statement_printer.h"
#include "config/testing/statements.h"
#include "config/testing/summary.h"

namespace apiary {
namespace {

std::string formatted(const std::string& text) {
  SourceText source("x.conf", text);
  const auto result = format_configuration(source, PortNames::parse("http 80/tcp"));
  return result ? *result : summary(result.error(), source);
}

TEST(Format, WritesTheCanonicalForm) {
  struct Case {
    std::string_view name;
    std::string text, formatted;
  };
  for (const Case& c : {
           Case{"nothing", "\n\n", ""},
           Case{"spaces", "  create \t a\n", "create a\n"},
           Case{"several statements on a line", "create a create b", "create a\ncreate b\n"},
           Case{"a statement on several lines", "set a\n  default tcp\n  reset",
                "set a default tcp action reset\n"},
           Case{"words with two spellings", "set a default tcp closed\nadd a udp port 1 filtered",
                "set a default tcp action reset\nadd a udp port 1 block\n"},
           Case{"commands get quotes", "add a tcp port http scripts/web.sh",
                "add a tcp port http \"scripts/web.sh\"\n"},
           Case{"numbers and their units",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 loss 0.10 "
                "latency 55.0 ms bandwidth 1000Kbps",
                "route 10.0.0.1 add net 10.1.0.0/16 10.1.0.1 latency 55ms loss 0.1 bandwidth "
                "1Mbps\n"},
           Case{"comments", "# head \n\n\n\n# of a\ncreate a # a\n#end",
                "# head\n\n# of a\ncreate a  # a\n#end\n"},
           Case{"comments within a statement go before it", "create # why\n a # trailing\n",
                "# why\ncreate a  # trailing\n"},
           Case{"an error", "create",
                "1:7 '' error: expected the name of a template after "
                "'create'\n"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(formatted(c.text), c.formatted);
  }
}

/// All statements, printed.
std::string meaning(const std::string& text) {
  SourceText source("x.conf", text);
  const ParsedText parsed = parse(source);
  std::string spelled;
  for (const Statement& statement : parsed.statements)
    spelled += format_statement(statement, source) + "\n";
  return summary(parsed.diagnostics, source) + spelled;
}

void expect_round_trip(const std::string& text) {
  SourceText source("x.conf", text);
  const auto once = format_configuration(source);
  ASSERT_TRUE(once.has_value()) << summary(once.error(), source);
  EXPECT_EQ(meaning(*once), meaning(text));
  SourceText again("x.conf", *once);
  EXPECT_EQ(format_configuration(again).value(), *once) << "the canonical form of itself";
}

TEST(Format, EveryStatementKeepsItsMeaning) {
  for (const std::string_view statement : every_kind_of_statement) {
    SCOPED_TRACE(statement);
    expect_round_trip(std::string{statement});
  }
}

TEST(Format, EveryExampleKeepsItsMeaning) {
  for (const auto& entry : std::filesystem::directory_iterator(APIARY_EXAMPLES)) {
    if (entry.path().extension() != ".conf") continue;
    SCOPED_TRACE(entry.path());
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    expect_round_trip(text.str());
  }
}

}  // namespace
}  // namespace apiary

#include "session/command_words.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

const FlowKey flow{.remote = {IpAddress::v4(192, 0, 2, 7), {40123}},
                   .local = {IpAddress::v4(10, 0, 0, 5), {80}},
                   .protocol = IpProtocol::tcp};

TEST(SplitCommand, MakesWordsAsAShellDoes) {
  struct Case {
    std::string_view name, command;
    std::vector<std::string> words;
  };
  for (const Case& c : {
           Case{"nothing", "", {}},
           Case{"blanks", " \t\r\n ", {}},
           Case{"words", "sh  scripts/web.sh\t-v ", {"sh", "scripts/web.sh", "-v"}},
           Case{"over lines", "sh\n web.sh", {"sh", "web.sh"}},
           Case{"single quotes", "printf '%s %s' x", {"printf", "%s %s", "x"}},
           Case{"double quotes", R"(printf "%s %s" x)", {"printf", "%s %s", "x"}},
           Case{"an escaped blank", R"(a\ b c)", {"a b", "c"}},
           Case{"quotes inside a word", R"(--name='a b'"c d"e)", {"--name=a bc de"}},
           Case{"empty words", R"('' "" x)", {"", "", "x"}},
           Case{"an apostrophe", R"('it'\''s' "it's")", {"it's", "it's"}},
           Case{"a backslash is a character between single quotes", R"('a\b\')", {R"(a\b\)"}},
           Case{"and before most between double ones", R"("a\b\"\\\$")", {R"(a\b"\$)"}},
           Case{"outside it goes", R"(a\b \\ \")", {"ab", R"(\)", "\""}},
           Case{"at the end it stays", R"(a \)", {"a", R"(\)"}},
           Case{"before a line end both go", "a\\\nb \\\n c \"d\\\ne\"", {"ab", "c", "de"}},
           Case{"what a shell would do more is not done",
                "a; b | c > d & `e` $(f) $HOME ~ * # g",
                {"a;", "b", "|", "c", ">", "d", "&", "`e`", "$(f)", "$HOME", "~", "*", "#", "g"}},
           Case{"variables", "x $ipsrc:$sport-$ipdst", {"x", "192.0.2.7:40123-10.0.0.5"}},
           Case{"and between double quotes", R"("on $dport")", {"on 80"}},
           Case{"not between single ones", "'$dport'", {"$dport"}},
           Case{"an apostrophe of its own", "echo don't $dport", {"echo", "don't", "80"}},
           Case{"after quotes that end", "printf '%s' o'clock", {"printf", "%s", "o'clock"}},
           Case{"a double quote of its own",
                R"(echo "a b $dport\"c)",
                {"echo", R"("a)", "b", R"(80"c)"}},
           Case{"not after a backslash", R"(\$dport "\$dport")", {"$dport", "$dport"}},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(split_command(c.command, Variables(flow)), c.words);
  }
}

TEST(SplitCommand, AValueIsNeverReadAgain) {
  const auto words = split_command("log $date x\"$date\"", Variables(flow, "a 'b \\ \"$ipsrc"));
  EXPECT_EQ(words, (std::vector<std::string>{"log", "a 'b \\ \"$ipsrc", "xa 'b \\ \"$ipsrc"}));
}

TEST(SplitCommand, FindsQuotesThatMayBeMeantAsCharacters) {
  struct Case {
    std::string_view command;
    char mark;
    std::size_t offset;
    bool is_closed;
  };
  for (const Case& c :
       {Case{"echo it's", '\'', 7, false}, Case{"'a' \"b", '"', 4, false},
        Case{R"("a\")", '"', 0, false}, Case{"x '", '\'', 2, false},
        Case{R"('a\'b')", '\'', 5, false}, Case{"echo don't, can't", '\'', 8, true}}) {
    SCOPED_TRACE(c.command);
    const auto doubt = find_doubtful_quote(c.command);
    ASSERT_TRUE(doubt);
    EXPECT_EQ(doubt->mark, c.mark);
    EXPECT_EQ(doubt->offset, c.offset);
    EXPECT_EQ(doubt->is_closed, c.is_closed);
  }
  for (const std::string_view plain :
       {"printf '%s %s' x", R"(sh -c'a b' --name='c d'e 'it'\''s' "it's")", "", R"(it\'s)"})
    EXPECT_FALSE(find_doubtful_quote(plain)) << plain;
}

}  // namespace
}  // namespace apiary

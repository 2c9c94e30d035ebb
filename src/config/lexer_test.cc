#include "config/lexer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace apiary {
namespace {

/// The tokens in one line: words as they are, quoted ones in <>, and / before those that start a
/// line.
std::string spelled(const LexedText& lexed) {
  std::string text;
  for (const Token& token : lexed.tokens) {
    if (token.kind == TokenKind::end) break;
    text += fmt::format("{}{} ", token.starts_line ? "/" : "",
                        token.kind == TokenKind::quoted ? fmt::format("<{}>", unescaped(token))
                                                        : std::string{token.text});
  }
  if (!text.empty()) text.pop_back();
  return text;
}

TEST(Lexer, SplitsTextIntoTokens) {
  struct Case {
    std::string_view name;
    std::string text, tokens;
  };
  for (const Case& c : {
           Case{"nothing", "", ""},
           Case{"only blanks", " \t\r\n\n", ""},
           Case{"words", "bind 10.0.0.1 t", "/bind 10.0.0.1 t"},
           Case{"lines", "create a\n  set a\n", "/create a /set a"},
           Case{"line ends of DOS", "create a\r\ncreate b\r\n", "/create a /create b"},
           Case{"a tab between words", "create\ta", "/create a"},
           Case{"a comment", "create a # create b\ncreate c", "/create a /create c"},
           Case{"a comment at the end", "create a # b", "/create a"},
           Case{"a comment alone", "#", ""},
           Case{"a comment right behind a word", "create a#b", "/create a"},
           Case{"a comment before a line end", "#x\n#y\na", "/a"},
           Case{"a quoted text", "personality \"Linux 5.4 # x\"", "/personality <Linux 5.4 # x>"},
           Case{"an empty quoted text", "a \"\" b", "/a <> b"},
           Case{"a quoted text right behind a word", "os=\"x\"y", "/os = <x> y"},
           Case{"a quoted text that starts a line", "a\n \"b\"", "/a /<b>"},
           Case{"escapes", R"("a \"b\" \\ \n")", R"(/<a "b" \ \n>)"},
           Case{"a backslash before the end", R"("C:\\")", R"(/<C:\>)"},
           Case{"variables and ports", "proxy $ipsrc:22", "/proxy $ipsrc:22"},
           Case{"numbers with units", "latency 55ms loss 0.1", "/latency 55ms loss 0.1"},
           Case{"a byte order mark",
                "\xef\xbb\xbf"
                "create a",
                "/create a"},
           Case{"line ends of an old Macintosh", "create a # b\rset a\r", "/create a /set a"},
           Case{"no-break and zero-width spaces", "create\u00a0a\u200b b", "/create a b"},
           Case{"a byte order mark in the middle",
                "a\n\ufeff"
                "b",
                "/a /b"},
           Case{"an apostrophe in a word", "don't", "/don't"},
           Case{"bytes of Latin-1", "# \xe9t\xe9\ncreate \xe9", "/create \xe9"},
           Case{"letters of any language", "créate ü", "/créate ü"},
       }) {
    SCOPED_TRACE(c.name);
    const SourceText source("x.conf", c.text);
    const LexedText lexed = lex(source);
    EXPECT_EQ(spelled(lexed), c.tokens);
    EXPECT_TRUE(lexed.diagnostics.empty());
    ASSERT_FALSE(lexed.tokens.empty());
    EXPECT_EQ(lexed.tokens.back().kind, TokenKind::end);
  }
}

TEST(Lexer, PlacesAreThoseOfTheText) {
  const SourceText source("x.conf", "bind 10.0.0.1\n  \"a b\"");
  const LexedText lexed = lex(source);
  ASSERT_EQ(lexed.tokens.size(), 4U);
  EXPECT_EQ(source.text(lexed.tokens[0].place), "bind");
  EXPECT_EQ(source.text(lexed.tokens[1].place), "10.0.0.1");
  EXPECT_EQ(source.text(lexed.tokens[2].place), "\"a b\"");
  EXPECT_EQ(lexed.tokens[2].text, "a b");
  EXPECT_EQ(lexed.tokens[3].place, (Span{21, 21}));
}

TEST(Lexer, AQuotedTextMayContinueOnTheNextLine) {
  const SourceText source("x.conf", "a \"b c \r\n  d\" e\n\"\n\"");
  const LexedText lexed = lex(source);
  EXPECT_EQ(spelled(lexed), "/a <b c d> e /<>");
  ASSERT_EQ(lexed.diagnostics.size(), 2U);
  for (const Diagnostic& diagnostic : lexed.diagnostics)
    EXPECT_EQ(diagnostic.severity, Severity::notice);
}

TEST(Lexer, AQuotedTextEndsBeforeTheNextStatement) {
  for (const std::string next : {"create b \"c\"", "  add b\"", "# \"x\"", ""}) {
    SCOPED_TRACE(next);
    const SourceText source("x.conf", "a \"b c\n" + next);
    const LexedText lexed = lex(source);
    EXPECT_TRUE(spelled(lexed).starts_with("/a <b c>"));
    ASSERT_GE(lexed.diagnostics.size(), 1U);
    EXPECT_EQ(lexed.diagnostics[0].place, (Span{2, 6}));
    EXPECT_EQ(lexed.diagnostics[0].message, "the quoted text does not end");
  }
}

TEST(Lexer, OtherQuotationMarksAreReportedOnce) {
  struct Case {
    std::string_view name;
    std::string text, tokens, hint;
  };
  for (const Case& c : {
           Case{"English", "a \u201cb c\u201d d", "/a <b c> d", "write \"b c\""},
           Case{"German", "a \u201eb c\u201c d", "/a <b c> d", "write \"b c\""},
           Case{"French", "a \u00abb c\u00bb d", "/a <b c> d", "write \"b c\""},
           Case{"single", "a \u2018b c\u2019 d", "/a <b c> d", "write \"b c\""},
           Case{"Windows' code page",
                "a \x93"
                "b c\x94 d",
                "/a <b c> d", "write \"b c\""},
           Case{"typewriter's", "a 'b c' d", "/a <b c> d", "write \"b c\""},
           Case{"TeX's", "a `b c' d", "/a <b c> d", "write \"b c\""},
           Case{"only the first", "a \u201cb c\" d", "/a <b c> d", "write \"b c\""},
           Case{"only the last", "a \"b c\u201d d\ne", "/a <b c> d /e", "write \"b c\""},
           Case{"without end", "a \u201cb c\nd", "/a <b> c /d", "write \"b\""},
       }) {
    SCOPED_TRACE(c.name);
    const SourceText source("x.conf", c.text);
    const LexedText lexed = lex(source);
    EXPECT_EQ(spelled(lexed), c.tokens);
    ASSERT_EQ(lexed.diagnostics.size(), 1U);
    EXPECT_EQ(lexed.diagnostics[0].message, "write texts between plain double quotes");
    EXPECT_EQ(lexed.diagnostics[0].hint, c.hint);
  }
}

TEST(Lexer, BinaryDataIsReportedOnce) {
  struct Case {
    std::string_view name;
    std::string text;
    std::string_view what;
  };
  for (const Case& c : {
           Case{"UTF-16",
                std::string("\xff\xfe"
                            "c\0r\0",
                            6),
                "UTF-16"},
           Case{"gzip", "\x1f\x8b\x08xyz", "compressed"},
           Case{"zero bytes", std::string("create\0a", 8), "zero bytes"},
       }) {
    SCOPED_TRACE(c.name);
    const SourceText source("x.conf", c.text);
    const LexedText lexed = lex(source);
    EXPECT_EQ(lexed.tokens.size(), 1U);
    ASSERT_EQ(lexed.diagnostics.size(), 1U);
    EXPECT_NE(lexed.diagnostics[0].message.find(c.what), std::string::npos);
    EXPECT_FALSE(lexed.diagnostics[0].hint.empty());
  }
}

}  // namespace
}  // namespace apiary

#include "config/diagnostic.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

/// The place of the first `part` in `text`.
Span place_of(std::string_view part, std::string_view text) {
  const auto begin = static_cast<std::uint32_t>(text.find(part));
  return {begin, begin + static_cast<std::uint32_t>(part.size())};
}

std::string rendered(const std::string& text, Span place) {
  SourceText source("net.conf", text);
  return render(Diagnostic{.place = place, .message = "bad"}, source);
}

TEST(Diagnostic, RendersAsCompilersDo) {
  struct Case {
    std::string_view name;
    std::string text;
    Span place;
    std::string rendered;
  };
  for (const Case& c : {
           Case{"a word",
                "create a\nbind b c\n",
                {14, 15},
                "net.conf:2:6: error: bad\nbind b c\n     ^\n"},
           Case{"a longer word is underlined",
                "create abc",
                {7, 10},
                "net.conf:1:8: error: bad\ncreate abc\n       ^~~\n"},
           Case{"a point", "create", {6, 6}, "net.conf:1:7: error: bad\ncreate\n      ^\n"},
           Case{"the end of the file", "create\n", {7, 7}, "net.conf:2:1: error: bad\n\n^\n"},
           Case{"an empty file", "", {0, 0}, "net.conf:1:1: error: bad\n\n^\n"},
           Case{"several lines: the first",
                "set a\n  default\n",
                {0, 15},
                "net.conf:1:1: error: bad\nset a\n^~~~~\n"},
           Case{"a line end", "a\nb", {1, 2}, "net.conf:1:2: error: bad\na\n ^\n"},
           Case{"tabs reach the next eighth column",
                "\tset\ta b",
                {5, 6},
                "net.conf:1:6: error: bad\n        set     a b\n                ^\n"},
           Case{"a tab inside the span",
                "a\tb c",
                {0, 3},
                "net.conf:1:1: error: bad\na       b c\n^~~~~~~~~\n"},
           Case{
               "letters of two bytes", "süß x", {6, 7}, "net.conf:1:5: error: bad\nsüß x\n    ^\n"},
           Case{"a span of characters of several bytes",
                "süß x",
                {0, 5},
                "net.conf:1:1: error: bad\nsüß x\n^~~\n"},
           Case{"line ends of DOS", "ab\r\nc", {0, 2}, "net.conf:1:1: error: bad\nab\n^~\n"},
           Case{"terminal escapes",
                "a\x1b[2J b",
                {6, 7},
                "net.conf:1:7: error: bad\na?[2J b\n      ^\n"},
           Case{"bytes that are not UTF-8",
                "a\xff\xc3 b",
                {4, 5},
                "net.conf:1:5: error: bad\na?? b\n    ^\n"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(rendered(c.text, c.place), c.rendered);
  }
}

TEST(Diagnostic, ShowsThePartOfALongLineAroundThePlace) {
  const std::string before(200, 'a');
  const std::string after(200, 'b');
  const std::string middle = before + " HERE " + after;
  EXPECT_EQ(rendered(middle, place_of("HERE", middle)),
            "net.conf:1:202: error: bad\n..." + std::string(32, 'a') + " HERE " +
                std::string(62, 'b') + "...\n" + std::string(36, ' ') + "^~~~\n");
  const std::string start = "HERE " + after;
  EXPECT_EQ(rendered(start, place_of("HERE", start)),
            "net.conf:1:1: error: bad\nHERE " + std::string(95, 'b') + "...\n^~~~\n");
  const std::string end = before + " HERE";
  EXPECT_EQ(rendered(end, place_of("HERE", end)), "net.conf:1:202: error: bad\n..." +
                                                      std::string(95, 'a') + " HERE\n" +
                                                      std::string(99, ' ') + "^~~~\n");
}

TEST(Diagnostic, UnderlinesOnlyWhatIsShown) {
  const std::string text(500, 'a');
  EXPECT_EQ(rendered(text, {0, 500}), "net.conf:1:1: error: bad\n" + std::string(100, 'a') +
                                          "...\n^" + std::string(99, '~') + "\n");
  EXPECT_EQ(rendered(text, {500, 500}), "net.conf:1:501: error: bad\n..." + std::string(100, 'a') +
                                            "\n" + std::string(103, ' ') + "^\n");
}

TEST(Diagnostic, RendersHintAndNotes) {
  SourceText source("net.conf", "bind 10.0.0.1 a\nbind 10.0.0.1 b\n");
  const Diagnostic diagnostic{.severity = Severity::warning,
                              .place = {21, 29},
                              .message = "bound \x1b twice",
                              .hint = "drop one",
                              .notes = {{{5, 13}, "it is bound here"}}};
  EXPECT_EQ(render(diagnostic, source),
            "net.conf:2:6: warning: bound ? twice\n"
            "bind 10.0.0.1 b\n"
            "     ^~~~~~~~\n"
            "hint: drop one\n"
            "net.conf:1:6: note: it is bound here\n"
            "bind 10.0.0.1 a\n"
            "     ^~~~~~~~\n");
}

TEST(Diagnostic, CountsErrorsAndWarnings) {
  struct Case {
    std::string_view name;
    int errors, warnings, notices;
    std::string last_line;
  };
  SourceText source("x", "a");
  for (const Case& c :
       {Case{"none", 0, 0, 0, ""}, Case{"one error", 1, 0, 0, "1 error\n"},
        Case{"errors", 2, 0, 1, "2 errors\n"}, Case{"a warning", 0, 1, 0, "1 warning\n"},
        Case{"both", 3, 2, 0, "2 warnings and 3 errors\n"}, Case{"a notice", 0, 0, 1, ""}}) {
    SCOPED_TRACE(c.name);
    Diagnostics diagnostics;
    std::string expected;
    const auto add = [&](int count, Severity severity) {
      for (int i = 0; i < count; ++i) {
        diagnostics.push_back({.severity = severity, .place = {0, 1}, .message = "m"});
        expected += render(diagnostics.back(), source);
      }
    };
    add(c.errors, Severity::error);
    add(c.warnings, Severity::warning);
    add(c.notices, Severity::notice);
    EXPECT_EQ(render(diagnostics, source), expected + c.last_line);
    EXPECT_EQ(has_errors(diagnostics), c.errors > 0);
  }
}

}  // namespace
}  // namespace apiary

#include "service/note_text.h"

#include <gtest/gtest.h>

#include <vector>

#include "service/note_limiter.h"
#include "service/service_log.h"

namespace apiary {
namespace {

TEST(NoteText, OnlyPrintableAsciiIsLeft) {
  struct Case {
    const char* name;
    std::string_view line, text;
  };
  for (const Case& c : {
           Case{"plain", "login attempt user=\"root\"", "login attempt user=\"root\""},
           Case{"a backslash is printable", "a\\b", "a\\b"},
           Case{"escape sequence", "\x1b[31mred", "\\x1b[31mred"},
           Case{"zero, tab, delete", std::string_view("\0\t\x7f", 3), "\\x00\\x09\\x7f"},
           Case{"8-bit control",
                "\x9b"
                "2J",
                "\\x9b2J"},
           Case{"UTF-8", "\xc3\xa9", "\\xc3\\xa9"},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(printable_note(c.line), c.text);
  }
}

TEST(NoteText, ALongLineIsCut) {
  EXPECT_EQ(printable_note(std::string(note_limit_bytes, 'a')), std::string(note_limit_bytes, 'a'));
  const std::string letters = printable_note(std::string(note_limit_bytes + 1, 'a'));
  EXPECT_EQ(letters, std::string(note_limit_bytes - 3, 'a') + "...");
  const std::string escapes = printable_note(std::string(5000, '\1'));
  EXPECT_LE(escapes.size(), note_limit_bytes);
  EXPECT_TRUE(escapes.ends_with("..."));
}

TEST(NoteText, LinesAreCutAtNewlinesWhereverTheReadsFall) {
  for (std::size_t step : {1u, 2u, 3u, 100u}) {
    SCOPED_TRACE(step);
    constexpr std::string_view text = "one\r\n\ntwo\n\r\nth\rree";
    LineSplitter splitter;
    std::vector<std::string> lines;
    const auto take = [&](std::string_view line) { lines.emplace_back(line); };
    for (std::size_t at = 0; at < text.size(); at += step)
      splitter.add(as_bytes(text.substr(at, step)), take);
    splitter.finish(take);
    splitter.finish(take);
    EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "th\rree"}));
  }
}

TEST(NoteText, AnEndlessLineIsKeptOnce) {
  LineSplitter splitter;
  const std::string text(100'000, 'x');
  splitter.add(as_bytes(text), [](std::string_view) { FAIL(); });
  std::size_t size = 0;
  splitter.finish([&](std::string_view line) { size = line.size(); });
  EXPECT_EQ(size, note_limit_bytes + 1);
}

}  // namespace
}  // namespace apiary

#include "config/source_text.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(SourceText, LocatesLinesAndColumns) {
  SourceText source("x.conf", "ab\n\nü x\r\nlast");
  struct Case {
    std::string_view name;
    std::uint32_t offset;
    LineColumn place;
    std::string_view line;
  };
  for (const Case& c :
       {Case{"the start", 0, {1, 1}, "ab"}, Case{"a line end belongs to its line", 2, {1, 3}, "ab"},
        Case{"an empty line", 3, {2, 1}, ""}, Case{"the start of a line", 4, {3, 1}, "ü x"},
        Case{"columns count characters", 7, {3, 3}, "ü x"},
        Case{"the last line", 10, {4, 1}, "last"}, Case{"the end", 14, {4, 5}, "last"}}) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(source.locate(c.offset), c.place);
    EXPECT_EQ(source.text(source.line_around(c.offset)), c.line);
  }
}

TEST(SourceText, AnEmptyTextHasOneLine) {
  SourceText source("x.conf", "");
  EXPECT_EQ(source.locate(0), (LineColumn{1, 1}));
  EXPECT_EQ(source.line_around(0), (Span{0, 0}));
}

TEST(SourceText, ALineBeginsAfterTheLastLineEnd) {
  SourceText source("x.conf", "a\n");
  EXPECT_EQ(source.locate(2), (LineColumn{2, 1}));
  EXPECT_EQ(source.line_around(2), (Span{2, 2}));
}

TEST(SourceTextTest, IncludedTextReplacesItsInclude) {
  SourceText source("main", "create a include x\nbind 10.0.0.1 a\ninclude\n z # end");
  source.include("x", "create x\ninclude y\ncreate x2", {9, 18});
  source.include("y", "# y\n", {61, 70});
  source.include("z", "", {35, 45});
  EXPECT_EQ(without_includes(source),
            "create a # include x\ncreate x\n# include y\n# y\n\ncreate x2\n\nbind 10.0.0.1 a\n"
            "# include  z\n # end");
}

}  // namespace
}  // namespace apiary

#include "personality/match_expression.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(MatchExpressionTest, AcceptsTheValuesOfItsAlternatives) {
  struct Case {
    const char* name;
    const char* expression;
    const char* value;
    bool accepted;
  };
  for (const Case& c : {
           Case{"the same text", "AS", "AS", true},
           Case{"another text", "AS", "AR", false},
           Case{"the front of a text", "AS", "A", false},
           Case{"nothing, where nothing is expected", "", "", true},
           Case{"something, where nothing is expected", "", "R", false},
           Case{"the second of two", "Y|N", "N", true},
           Case{"an empty alternative", "|R", "", true},
           Case{"the low end of a range", "3B-45", "3B", true},
           Case{"the high end of a range", "3B-45", "45", true},
           Case{"beyond a range", "3B-45", "46", false},
           Case{"a range after a number", "0|10-20", "1F", true},
           Case{"above a bound", ">FF", "100", true},
           Case{"the bound itself", ">FF", "FF", false},
           Case{"below a bound", "<A", "9", true},
           Case{"a text beside a range", "3B-45", "O", false},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(MatchExpression(c.expression).accepts(c.value), c.accepted);
  }
}

TEST(MatchExpressionTest, ReadsNumberRanges) {
  struct Case {
    const char* text;
    std::optional<NumberRange> expected;
  };
  for (const Case& c : {
           Case{"1F", NumberRange{0x1f, 0x1f}},
           Case{"1-6", NumberRange{1, 6}},
           Case{">FFFFFFFE", NumberRange{0xffffffff, 0xffffffff}},
           Case{">FFFFFFFF", std::nullopt},
           Case{"<0", std::nullopt},
           Case{"6-1", std::nullopt},
           Case{"", std::nullopt},
           Case{"-1", std::nullopt},
           Case{"G", std::nullopt},
           Case{"123456789", std::nullopt},
       }) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(parse_number_range(c.text), c.expected);
  }
}

TEST(MatchExpressionTest, ChoosesTheMiddleOfTheFirstRange) {
  EXPECT_EQ(MatchExpression("3B-45|7B-85").number(), 0x40U);
  EXPECT_EQ(MatchExpression(">1000000").number(), 0x1000001U);
  EXPECT_EQ(MatchExpression("U|7").number(), 7U);
  EXPECT_EQ(MatchExpression("U").number(), std::nullopt);
  EXPECT_EQ(MatchExpression("1|5-7").number(), 6U) << "Nmap 7.93 does not compare the 1";
  EXPECT_EQ(MatchExpression("1|4|5").number(), 1U);
}

TEST(MatchExpressionTest, TakesThePreferredValue) {
  EXPECT_EQ(MatchExpression("A|AS").choose({"AS"}), "AS");
  EXPECT_EQ(MatchExpression("A|AR").choose({"AS"}), "A");
}

TEST(MatchExpressionTest, ResolvesExpressionsInBrackets) {
  EXPECT_EQ(expand_brackets("M[5B4|578]ST11NW[4-8]"), "M5B4ST11NW6");
  EXPECT_EQ(expand_brackets("M5B4"), "M5B4");
  EXPECT_EQ(MatchExpression("M[5B4|578]|NNT11").alternatives().size(), 2U);
}

}  // namespace
}  // namespace apiary

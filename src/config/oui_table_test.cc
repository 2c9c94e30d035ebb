#include "config/oui_table.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

// Invented makers, in the formats of nmap-mac-prefixes and of IEEE.
constexpr std::string_view list_text =
    "# a comment\n"
    "00AA01 Acorn Systems\n"
    "00AA02 Acorn Systems\n"
    "00AA03 Acorn\n"
    "00aa04 Acorn-Birch Radio\r\n"
    "00AA05\n"
    "00AA0 Short\n"
    "01AA06 A Group\n"
    "00-AA-07   (hex)\t\tCedar Works\n"
    "00AA07     (base 16)\t\tCedar Works\n"
    "\t\t\t\t12 Any Street\n"
    "00AA08 Cedar & Daughters, Ltd.";

std::vector<std::string> found(const OuiTable& list, std::string_view name) {
  std::vector<std::string> result;
  const auto prefixes = list.find(name);
  if (!prefixes) return prefixes.error().nearest;
  for (const Oui& prefix : *prefixes)
    result.push_back(
        to_string(MacAddress{{prefix[0], prefix[1], prefix[2], 0, 0, 0}}).substr(0, 8));
  return result;
}

TEST(OuiTable, FindsAVendorByItsNameElseByItsWords) {
  const OuiTable list = OuiTable::parse(list_text);
  struct Case {
    const char* name;
    std::string_view asked;
    std::vector<std::string> found;
  };
  for (const Case& c : {
           Case{"exactly", "Acorn", {"00:aa:03"}},
           Case{"in any case", "acorn systems", {"00:aa:01", "00:aa:02"}},
           Case{"by a word", "radio", {"00:aa:04"}},
           Case{"by words in any order", "radio acorn", {"00:aa:04"}},
           Case{"by a word of several", "cedar", {"00:aa:07", "00:aa:08"}},
           Case{"punctuation aside", "cedar, daughters", {"00:aa:08"}},
           Case{"a part of a word is a hint", "daughter", {"Cedar & Daughters, Ltd."}},
           Case{"a slip", "Acron", {"Acorn", "Acorn Systems"}},
           Case{"groups have no cards", "group", {}},
           Case{"nothing", "", {}},
           Case{"blanks", "  ", {}},
           Case{"nothing like it", "xyzzy plugh", {}},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(found(list, c.asked), c.found);
  }
}

TEST(OuiTable, OfNoVendorsIsEmpty) {
  EXPECT_TRUE(OuiTable::parse("").empty());
  EXPECT_TRUE(OuiTable::parse("no list\n<html>").empty());
}

}  // namespace
}  // namespace apiary

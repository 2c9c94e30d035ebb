#include "config/oui_table.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

// Invented vendors, in the formats of nmap-mac-prefixes and of IEEE.
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
    "00AA08 Cedar & Daughters, Ltd.\n"
    "00AA09 Elm-Tree Networks\n"
    "00AA0A Silicon Graphics\n"
    "00AA0B Intel Corporate";

std::vector<std::string> found(const OuiTable& list, std::string_view name) {
  std::vector<std::string> result;
  const auto prefixes = list.find(name);
  if (!prefixes) return {"unknown"};
  if (!prefixes->stand_in.empty()) result.push_back(prefixes->stand_in);
  for (const Oui& prefix : prefixes->prefixes)
    result.push_back(
        to_string(MacAddress{{prefix[0], prefix[1], prefix[2], 0, 0, 0}}).substr(0, 8));
  return result;
}

TEST(OuiTable, FindsAVendorByNameElseByWords) {
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
           Case{"groups have no cards", "group", {"Intel Corporate", "00:aa:0b"}},
           Case{"nothing", "", {"unknown"}},
           Case{"blanks", "  ", {"unknown"}},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(found(list, c.asked), c.found);
  }
}

TEST(OuiTable, HasASubstituteForAVendorOfOldLists) {
  const OuiTable list = OuiTable::parse(list_text);
  struct Case {
    const char* name;
    std::string_view asked;
    std::vector<std::string> found;
  };
  for (const Case& c : {
           Case{"a legal form", "ACORN CORPORATION", {"Acorn", "00:aa:03"}},
           Case{"several words more",
                "Acorn Systems, Inc.",
                {"Acorn Systems", "00:aa:01", "00:aa:02"}},
           Case{"the first word", "Cedar Research", {"Cedar Works", "00:aa:07"}},
           Case{"in one word", "Elmtree", {"Elm-Tree Networks", "00:aa:09"}},
           Case{"in more words", "elm tree net works", {"Elm-Tree Networks", "00:aa:09"}},
           Case{"by a common short name", "SGI", {"Silicon Graphics", "00:aa:0a"}},
           Case{"a short name and a legal form", "SGI, Inc.", {"Silicon Graphics", "00:aa:0a"}},
           Case{"a slip", "Acron", {"Acorn", "00:aa:03"}},
           Case{"a word that many begin with", "The Xyzzy", {"Intel Corporate", "00:aa:0b"}},
           Case{"nothing like it", "xyzzy plugh", {"Intel Corporate", "00:aa:0b"}},
       }) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(found(list, c.asked), c.found);
  }
}

TEST(OuiTable, IsEmptyWithoutVendors) {
  EXPECT_TRUE(OuiTable::parse("").empty());
  EXPECT_TRUE(OuiTable::parse("no list\n<html>").empty());
}

}  // namespace
}  // namespace apiary

#include "honeynet/condition.h"

#include <gtest/gtest.h>

namespace apiary {
namespace {

TEST(Condition, ASystemMatchesByTheFirstWordsOfItsName) {
  struct Case {
    std::string_view name, words;
    bool begins;
  };
  for (const Case& c :
       {Case{"Linux 3.11 and newer", "Linux", true}, Case{"Linux 3.11 and newer", "linux 3", true},
        Case{"Linux 3.11 and newer", "LINUX 3.11 AND NEWER", true},
        Case{"Linux 3.11 and newer", "Linux 3.1", false}, Case{"Linux 3.1-3.10", "Linux 3.1", true},
        Case{"Linux 2.6.x", "Linux 2.6", true}, Case{"Linux 2.6.x (Android)", "Linux 2.6.x", true},
        Case{"Linux", "Linux 2.6", false}, Case{"Windows XP", "Win", false},
        Case{"Windows XP", "XP", false}, Case{"Windows", "Windows", true},
        Case{"Windows", "", false}, Case{"", "Windows", false}, Case{"", "", false}}) {
    SCOPED_TRACE(std::string(c.name) + " / " + std::string(c.words));
    EXPECT_EQ(begins_with_words(c.name, c.words), c.begins);
  }
}

}  // namespace
}  // namespace apiary

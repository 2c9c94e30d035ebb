#include "cli/personality_search.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

std::string entry_of(std::string_view name, std::string_view classes) {
  return fmt::format("Fingerprint {}\nClass {}\nT1(R=Y%F=AS)\n\n", name, classes);
}

class PersonalityCommandTest : public ::testing::Test {
 protected:
  struct Said {
    int status;
    std::string output, errors;
  };
  template <class Command>
  Said say(Command&& command, std::string name) {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = command(PersonalityOptions{file, std::move(name)});
    return {status, ::testing::internal::GetCapturedStdout(),
            ::testing::internal::GetCapturedStderr()};
  }

  TemporaryFolder folder;
  std::string file = folder.add(
      "systems",
      entry_of("Hive 10000 with Windows", "Hive | embedded || printer") +
          entry_of("Microsoft Windows 98", "Microsoft | Windows | 98 | general purpose") +
          entry_of("Microsoft Windows 10", "Microsoft | Windows | 10 | general purpose") +
          entry_of("Microsoft Windows 10", "Microsoft | Windows | 10 | general purpose") +
          entry_of("Hive OS 2.0", "Hive | Hive OS | 2.X | general purpose") +
          entry_of("Hive OS 10.0", "Hive | Hive OS | 10.X | general purpose"));
};

TEST_F(PersonalityCommandTest, SearchPrintsWholeWordsFirstThenTheNewest) {
  struct Case {
    const char* words;
    const char* names;
  };
  for (const Case& c : {
           Case{"windows 10",
                "Microsoft Windows 10\nMicrosoft Windows 10 #2\nHive 10000 with Windows\n"},
           Case{"WINDOWS  98", "Microsoft Windows 98\n"},
           Case{"hive os", "Hive OS 10.0\nHive OS 2.0\n"},
           Case{"ive os", "Hive OS 2.0\nHive OS 10.0\n"},  // names no system: order of the file
       }) {
    SCOPED_TRACE(c.words);
    const Said said = say(search_personalities, c.words);
    EXPECT_EQ(said.status, 0);
    EXPECT_EQ(said.output, c.names);
  }
}

TEST_F(PersonalityCommandTest, SearchWithoutMatchesPrintsTheNearest) {
  const Said said = say(search_personalities, "hiveos 2.1");
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.output, "");
  EXPECT_TRUE(said.errors.starts_with("no name contains all words of \"hiveos 2.1\""));
}

TEST_F(PersonalityCommandTest, ShowNamesTheSubstitute) {
  const Said said = say(show_personality, "Hive OS 3");
  EXPECT_EQ(said.status, 0);
  EXPECT_EQ(said.errors,
            "warning: there is no personality \"Hive OS 3\"; \"Hive OS 2.0\" is used instead, the "
            "nearest Hive OS\n");
  EXPECT_TRUE(said.output.starts_with("// Hive OS 2.0\n"));
}

}  // namespace
}  // namespace apiary

#include "http/web_token.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

TEST(WebToken, IsTheFirstLineOfAFile) {
  const TemporaryFolder folder;
  const std::string token = "a-token-of-sixteen-and-more";
  EXPECT_EQ(read_web_token(folder.add("good", token + "\nmore\n")).value(), token);
  EXPECT_FALSE(read_web_token(folder.add("short", "secret\n")));
  EXPECT_FALSE(read_web_token(folder.add("blanks", "a token with blanks in it\n")));
  EXPECT_FALSE(read_web_token(folder.path() + "/missing"));
}

TEST(WebToken, IsMadeForItsOwnerAndKept) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/made";
  const auto made = read_or_make_web_token(path);
  ASSERT_TRUE(made) << made.error();
  EXPECT_EQ(made->size(), 32U);
  struct stat file {};
  ASSERT_EQ(stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
  EXPECT_EQ(read_or_make_web_token(path).value(), *made);
  EXPECT_NE(random_token(), random_token());
}

TEST(WebToken, IsNotMadeThroughALinkOrWithoutAFolder) {
  const TemporaryFolder folder;
  const std::string target = folder.path() + "/target", link = folder.path() + "/link";
  ASSERT_EQ(symlink(target.c_str(), link.c_str()), 0);
  EXPECT_FALSE(read_or_make_web_token(link));
  EXPECT_NE(access(target.c_str(), F_OK), 0);
  const auto nowhere = read_or_make_web_token(folder.path() + "/none/token");
  ASSERT_FALSE(nowhere);
  EXPECT_NE(nowhere.error().find("--web-token FILE"), std::string::npos) << nowhere.error();
}

TEST(WebToken, IsComparedWhole) {
  EXPECT_TRUE(is_same_token("abc", "abc"));
  for (const char* const other : {"", "ab", "abd", "abcd", "ABC"})
    EXPECT_FALSE(is_same_token("abc", other)) << other;
}

}  // namespace
}  // namespace apiary

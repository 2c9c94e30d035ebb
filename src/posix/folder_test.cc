#include "posix/folder.h"

#include <gtest/gtest.h>

#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

namespace fs = std::filesystem;

TEST(Folder, IsCreatedWithItsParents) {
  const TemporaryFolder temporary;
  const std::string folder = temporary.path() + "/a/b/c";
  const auto made = make_folder(folder);
  ASSERT_TRUE(made) << to_string(made.error());
  EXPECT_EQ(*made, (std::vector{temporary.path() + "/a", temporary.path() + "/a/b", folder}));
  EXPECT_TRUE(fs::is_directory(folder));
  EXPECT_TRUE(make_folder(folder)->empty()) << "it exists";
  EXPECT_TRUE(make_folder(temporary.path() + "/d/../e"));
  EXPECT_TRUE(fs::is_directory(temporary.path() + "/e"));
  EXPECT_TRUE(make_folder(temporary.path() + "//f//g/"));
  EXPECT_TRUE(fs::is_directory(temporary.path() + "/f/g"));
}

TEST(Folder, NamesTheObstacleAndLeavesNothing) {
  const TemporaryFolder temporary;
  const std::string here = temporary.path();
  temporary.add("file", "x");
  fs::create_symlink("/no/such/place", here + "/dangling");
  fs::create_symlink("loop", here + "/loop");
  struct Case {
    const char* name;
    std::string folder, sentence;
  };
  for (const Case& c : {
           Case{"a link to nowhere", here + "/dangling",
                "dangling is a symbolic link without a target"},
           Case{"below a link to nowhere", here + "/dangling/a/b",
                "dangling is a symbolic link without a target"},
           Case{"a link to itself", here + "/loop/a", "Too many levels of symbolic links"},
           Case{"a file", here + "/file", "file is not a folder"},
           Case{"below a file", here + "/file/a/b", "file is not a folder"},
           Case{"a file system without new folders", "/proc/nothing/x",
                "cannot create a folder in /proc"},
           Case{"of a process", "/proc/self/x", "cannot create a folder in /proc/self"},
           Case{"too long a name", here + "/new/" + std::string(300, 'x'), "File name too long"},
       }) {
    SCOPED_TRACE(c.name);
    const auto made = make_folder(c.folder);
    ASSERT_FALSE(made);
    EXPECT_NE(to_string(made.error()).find(c.sentence), std::string::npos)
        << to_string(made.error());
  }
  EXPECT_FALSE(fs::exists(here + "/new"));
}

}  // namespace
}  // namespace apiary

#include "runtime/check.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "posix/temporary_files.h"

namespace apiary {
namespace {

class CheckTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::current_path(folder.path());
    std::filesystem::permissions(folder.path(), std::filesystem::perms{0755});
  }
  void TearDown() override { std::filesystem::current_path(before); }

  struct Said {
    int status;
    std::string output, errors;
  };
  Said checked(std::string_view text, bool json = false, bool strict = false) {
    folder.add("x.conf", text);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = run_check({.configuration = "x.conf",
                                  .personalities = folder.add("systems", ""),
                                  .json = json,
                                  .strict = strict});
    return {status, ::testing::internal::GetCapturedStdout(),
            ::testing::internal::GetCapturedStderr()};
  }

  std::filesystem::path before = std::filesystem::current_path();
  TemporaryFolder folder;
};

constexpr std::string_view with_errors =
    "create a\nbind 10.0.0.5 a\nbind 10.0.0.5 a\nset a personality \"x\xff\"\n";

TEST_F(CheckTest, JsonHoldsAllThatIsSaid) {
  const Said said = checked(with_errors, true);
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.errors, "");
  EXPECT_EQ(said.output, R"({
  "file": "x.conf",
  "passes": false,
  "diagnostics": [
    {
      "severity": "error",
      "file": "x.conf",
      "line": 3,
      "column": 6,
      "end_line": 3,
      "end_column": 14,
      "message": "10.0.0.5 is bound already",
      "hint": "",
      "notes": [
        {
          "file": "x.conf",
          "line": 2,
          "column": 6,
          "end_line": 2,
          "end_column": 14,
          "message": "it is bound here"
        }
      ]
    },
    {
      "severity": "error",
      "file": "x.conf",
      "line": 4,
      "column": 19,
      "end_line": 4,
      "end_column": 23,
      "message": "there is no personality \"x?\"",
      "hint": "the nearest are \"Linux-like server\", \"generic\", \"Windows-like workstation\"",
      "notes": []
    }
  ]
}
)");
  EXPECT_TRUE(nlohmann::json::accept(said.output));
}

TEST_F(CheckTest, JsonOfAFileWithoutErrorsCounts) {
  const Said said = checked(
      "create default\nroute entry 10.0.0.1\nroute 10.0.0.1 link 10.0.0.0/24\nbind 10.0.0.5 default\n",
      true);
  EXPECT_EQ(said.status, 0);
  EXPECT_EQ(said.output, R"({
  "file": "x.conf",
  "passes": true,
  "hosts": 1,
  "routers": 1,
  "addresses": 256,
  "diagnostics": []
}
)");
}

TEST_F(CheckTest, StrictFailsOnWarnings) {
  constexpr std::string_view text = "create a\ncreate b\nbind 10.0.0.5 a\n";
  EXPECT_EQ(checked(text).status, 0);
  const Said said = checked(text, false, true);
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.errors,
            "x.conf:2:8: warning: template 'b' is never used\ncreate b\n       ^\n"
            "hint: use it, for example: bind 10.0.0.1 b\n1 warning\n");
  EXPECT_EQ(said.output, "x.conf: no errors; 1 hosts, 0 routers, 1 addresses\n");
}

TEST_F(CheckTest, ProgramsThatCannotRunAreWarnedOf) {
  folder.add("plain", "#!/bin/sh\n");
  folder.add("there.sh", "");
  std::filesystem::create_directory(folder.path() + "/folder");
  struct Case {
    std::string command, trouble;
  };
  for (const Case& c :
       {Case{"no-such-program -x", "no-such-program (from DIR): No such file or directory"},
        Case{"./gone", "./gone (from DIR): No such file or directory"},
        Case{"./plain", "./plain (from DIR): Permission denied"},
        Case{"sh gone.sh", "gone.sh (from DIR): No such file or directory"},
        Case{"sh there.sh", ""}, Case{"cat", ""}, Case{"sh -c exit", ""}}) {
    SCOPED_TRACE(c.command);
    const Said said = checked("create a\nadd a tcp port 80 \"" + c.command + "\"\nbind 10.0.0.5 a\n");
    std::string trouble = c.trouble;
    if (const auto at = trouble.find("DIR"); at != std::string::npos)
      trouble.replace(at, 3, folder.path());
    const std::string first_line = said.errors.substr(0, said.errors.find('\n'));
    EXPECT_EQ(first_line, trouble.empty()
                              ? ""
                              : "x.conf:2:19: warning: service \"" + c.command +
                                    "\" cannot run: user nobody cannot use " + trouble);
  }
}

TEST_F(CheckTest, ProgramsAreSeenWithTheEyesOfTheirTemplatesUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root sees with the eyes of others";
  folder.add("mine.sh", "");
  std::filesystem::permissions(folder.path() + "/mine.sh", std::filesystem::perms{0600});
  ASSERT_EQ(chown((folder.path() + "/mine.sh").c_str(), 4321, 4321), 0);
  const std::string text = "create a\nadd a tcp port 80 \"sh mine.sh\"\nbind 10.0.0.5 a\n";
  EXPECT_NE(checked(text).errors.find("user nobody cannot use mine.sh"), std::string::npos);
  EXPECT_NE(checked(text + "set a uid 1234\n").errors.find("user 1234 cannot use mine.sh"),
            std::string::npos);
  EXPECT_EQ(checked(text + "set a uid 4321\n").errors, "");
}

}  // namespace
}  // namespace apiary

#include "cli/check.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "posix/testing/temporary_files.h"
#include "sandbox/sandbox_trial.h"
#include "service/spawner.h"
#include "setup/service_view.h"

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
  Said checked(std::string_view text, bool json = false, bool strict = false,
               std::string_view systems = "") {
    folder.add("x.conf", text);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = run_check({.configuration = "x.conf",
                                  .personalities = folder.add("systems", systems),
                                  .allowed_users = {1234, 4321},
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

TEST_F(CheckTest, RefusesAPersonalityFileThatIsNone) {
  folder.add("x.conf", "create a\nbind 10.0.0.5 a\n");
  folder.add("words", "create a\n");
  folder.add("packed", "\x1f\x8b\b");
  for (const auto& [file, sentence] :
       {std::pair{"missing", "cannot read missing: No such file or directory"},
        std::pair{"/dev/zero", "cannot read /dev/zero: it is a device"},
        std::pair{"words", "words contains no fingerprint of Nmap"},
        std::pair{"packed",
                  "packed has no fingerprints: it is compressed\nhint: unpack it first"}}) {
    SCOPED_TRACE(file);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(run_check({.configuration = "x.conf", .personalities = file}), 1);
    ::testing::internal::GetCapturedStdout();
    const std::string errors = ::testing::internal::GetCapturedStderr();
    EXPECT_NE(errors.find(sentence), std::string::npos) << errors;
  }
}

TEST_F(CheckTest, JsonHasAllDiagnostics) {
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
      "severity": "warning",
      "file": "x.conf",
      "line": 4,
      "column": 19,
      "end_line": 4,
      "end_column": 23,
      "message": "there is no personality \"x?\"; \"generic\" is used instead, as no word of the name is known",
      "hint": "",
      "notes": []
    }
  ]
}
)");
  EXPECT_TRUE(nlohmann::json::accept(said.output));
}

TEST_F(CheckTest, JsonOfAFileWithoutErrorsHasCounts) {
  const Said said = checked(
      "create default\nroute entry 10.0.0.1\nroute 10.0.0.1 link 10.0.0.0/25\nbind 10.0.0.5 "
      "default\nset default default tcp action reset\n",
      true);
  EXPECT_EQ(said.status, 0);
  EXPECT_EQ(said.output, R"({
  "file": "x.conf",
  "passes": true,
  "hosts": 1,
  "routers": 1,
  "addresses": 128,
  "diagnostics": []
}
)");
}

TEST_F(CheckTest, StrictFailsOnWarnings) {
  constexpr std::string_view text =
      "create a\ncreate b\nbind 10.0.0.5 a\nset a default tcp action reset\n";
  EXPECT_EQ(checked(text).status, 0);
  const Said said = checked(text, false, true);
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(said.errors,
            "x.conf:2:8: warning: template 'b' is never used\ncreate b\n       ^\n"
            "hint: use it, for example: bind 10.0.0.1 b\n1 warning\n");
  EXPECT_EQ(said.output, "x.conf: no errors; 1 host, 0 routers, 1 address\n");
}

TEST_F(CheckTest, AnUnknownPersonalityIsAWarningAndFailsStrictly) {
  constexpr std::string_view systems =
      "Fingerprint Hive OS 3.0\nClass Hive | HiveOS | 3.X | general purpose\nT1(R=Y)\n"
      "Fingerprint Wasp 7\nClass Wasp | embedded || router\nT1(R=Y)\n";
  constexpr std::string_view text =
      "create a\nset a personality \"HiveOS 2.6-2.7\"\nbind 10.0.0.5 a\n"
      "set a default tcp action reset\n";
  const Said said = checked(text, false, false, systems);
  EXPECT_EQ(said.status, 0);
  EXPECT_EQ(said.errors,
            "x.conf:2:19: warning: there is no personality \"HiveOS 2.6-2.7\"; \"Hive OS 3.0\" is "
            "used instead, the nearest HiveOS\n"
            "set a personality \"HiveOS 2.6-2.7\"\n"
            "                  ^~~~~~~~~~~~~~~~\n1 warning\n");
  EXPECT_EQ(checked(text, false, true, systems).status, 1);
}

TEST_F(CheckTest, ReportsErrorsOfThePersonalityFileAndUsesTheRest) {
  constexpr std::string_view systems =
      "Fingerprint Hive OS 2.0\nWhatever(x)\nT1(R=Y)\nFingerprint Hive OS 3.0\nT1(R=Y)\n";
  constexpr std::string_view text =
      "create a\nset a personality \"Hive OS 3.0\"\nbind 10.0.0.5 a\n"
      "set a default tcp action reset\n";
  const Said said = checked(text, false, false, systems);
  EXPECT_EQ(said.status, 0);
  const std::string file = folder.path() + "/systems";
  EXPECT_EQ(said.errors, file + ":2: warning: \"Whatever\" is not a test of Nmap's\n" + file +
                             ": warning: 1 fingerprint is skipped; the rest is used\n");
  EXPECT_EQ(checked(text, false, true, systems).status, 1);
  const auto json = nlohmann::json::parse(checked(text, true, false, systems).output);
  EXPECT_EQ(json["personalities"].size(), 2U);
}

TEST_F(CheckTest, WarnsOfProgramsThatCannotRun) {
  const auto add = [&](const std::string& name, std::string_view text, unsigned mode) {
    std::filesystem::permissions(folder.add(name, text), std::filesystem::perms{mode});
  };
  folder.add("plain", "#!/bin/sh\n");
  folder.add("there.sh", "");
  std::filesystem::create_directory(folder.path() + "/folder");
  add("script", "#!/bin/sh\n", 0755);
  add("of-no-interpreter", "#!/no/such/shell -x\n", 0755);
  struct Case {
    std::string command, trouble;
  };
  for (const Case& c :
       {Case{"no-such-program -x",
             "no-such-program (from DIR): No such file or directory; install "
             "it, or name a file of DIR: ./no-such-program"},
        Case{"./gone", "./gone (from DIR): No such file or directory; name an existing file"},
        Case{"./plain", "./plain (from DIR): Permission denied; chmod a+rx ./plain"},
        Case{"./folder", "./folder (from DIR): Is a directory; name a program, not a folder"},
        Case{"./of-no-interpreter",
             "/no/such/shell, the interpreter in the first line of ./of-no-interpreter (from DIR): "
             "No such file or directory; name an existing file"},
        Case{"sh gone.sh", "gone.sh (from DIR): No such file or directory; name an existing file"},
        Case{"/bin/dash gone.sh",
             "gone.sh (from DIR): No such file or directory; name an existing file"},
        Case{"sh there.sh", ""}, Case{"sh scripts/$dport.sh", ""}, Case{"cat", ""},
        Case{"sh -c exit", ""}, Case{"./script", ""}}) {
    SCOPED_TRACE(c.command);
    const Said said = checked("create a\nadd a tcp port 80 \"" + c.command +
                              "\"\nbind 10.0.0.5 a\nset a default tcp action reset\n");
    std::string trouble = c.trouble;
    for (auto at = trouble.find("DIR"); at != std::string::npos; at = trouble.find("DIR"))
      trouble.replace(at, 3, folder.path());
    const std::string first_line = said.errors.substr(0, said.errors.find('\n'));
    EXPECT_EQ(first_line, trouble.empty()
                              ? ""
                              : "x.conf:2:19: warning: service \"" + c.command +
                                    "\" cannot run: a user of its own cannot use " + trouble);
  }
}

/// `check` predicts whether the program starts.
class CheckAsRootTest : public CheckTest {
 protected:
  void SetUp() override {
    CheckTest::SetUp();
    if (geteuid() != 0) GTEST_SKIP() << "only root can check as another user";
  }
  void close_folder(const std::string& path, unsigned mode) {
    std::filesystem::permissions(path, std::filesystem::perms{mode});
  }
  /// Makes a checkout in a home directory with this mode.
  std::string add_checkout(const std::string& home, unsigned mode) {
    const std::string checkout = folder.path() + "/" + home + "/checkout";
    std::filesystem::create_directories(checkout + "/scripts");
    folder.add(home + "/checkout/scripts/web.sh", "#!/bin/sh\necho hello\n");
    close_folder(checkout + "/scripts/web.sh", 0755);
    close_folder(folder.path() + "/" + home, mode);
    return checkout;
  }
  static bool really_starts(const std::string& directory, const std::vector<std::string>& words) {
    std::string command;
    for (const std::string& word : words) command += word + " ";
    const SandboxView view = service_view({.directory = directory}, {directory + "/x.conf"},
                                          {{.command = command, .place = {}}});
    constexpr UserRange users;
    return try_in_sandbox(view, ServiceUser{users.first, users.first},
                          ServiceUser{users.first + 1, users.first + 1}, words)
        .has_value();
  }
  std::string trouble_at(const std::string& checkout, const std::string& command) {
    std::filesystem::current_path(checkout);
    const std::string text =
        checked_at(checkout, "create a\nadd a tcp port 80 \"" + command +
                                 "\"\nbind 10.0.0.5 a\nset a default tcp action reset\n");
    return text.substr(0, text.find('\n'));
  }
  std::string checked_at(const std::string& checkout, std::string_view text) {
    std::ofstream(checkout + "/x.conf") << text;
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    run_check({.configuration = checkout + "/x.conf", .personalities = folder.add("systems", "")});
    ::testing::internal::GetCapturedStdout();
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(CheckAsRootTest, ServicesOfACheckoutInAClosedHomeRun) {
  const std::string checkout = add_checkout("home", 0700);
  for (const std::vector<std::string>& words : {std::vector<std::string>{"sh", "scripts/web.sh"},
                                                {"scripts/web.sh"},
                                                {"./scripts/web.sh"}}) {
    std::string command;
    for (const std::string& word : words) command += (command.empty() ? "" : " ") + word;
    SCOPED_TRACE(command);
    EXPECT_TRUE(really_starts(checkout, words));
    EXPECT_EQ(trouble_at(checkout, command), "");
  }
}

TEST_F(CheckAsRootTest, WarnsWhichFolderKeepsServicesFromRunning) {
  const std::string checkout = add_checkout("home", 0700);
  const std::string absolute = checkout + "/scripts/web.sh";
  EXPECT_TRUE(really_starts(checkout, {"sh", absolute})) << "the view has no closed folder above";
  EXPECT_EQ(trouble_at(checkout, "sh " + absolute), "");

  close_folder(checkout, 0700);
  EXPECT_FALSE(really_starts(checkout, {"sh", "scripts/web.sh"}));
  EXPECT_NE(trouble_at(checkout, "sh scripts/web.sh")
                .find("that user may not enter the folder " + checkout + "; chmod o+x " + checkout),
            std::string::npos);

  close_folder(checkout, 0755);
  close_folder(checkout + "/scripts", 0750);
  EXPECT_FALSE(really_starts(checkout, {"scripts/web.sh"}));
  EXPECT_NE(
      trouble_at(checkout, "scripts/web.sh").find("that user may not enter the folder scripts"),
      std::string::npos);
}

TEST_F(CheckTest, ChecksProgramsAsTheirTemplatesUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can check as another user";
  folder.add("mine.sh", "");
  std::filesystem::permissions(folder.path() + "/mine.sh", std::filesystem::perms{0600});
  ASSERT_EQ(chown((folder.path() + "/mine.sh").c_str(), 4321, 4321), 0);
  const std::string text =
      "create a\nadd a tcp port 80 \"sh mine.sh\"\nbind 10.0.0.5 a\n"
      "set a default tcp action reset\n";
  EXPECT_NE(checked(text).errors.find("a user of its own cannot use mine.sh"), std::string::npos);
  EXPECT_NE(checked(text + "set a uid 1234\n").errors.find("user 1234 cannot use mine.sh"),
            std::string::npos);
  EXPECT_EQ(checked(text + "set a uid 4321\n").errors, "");
}

TEST_F(CheckAsRootTest, ProgramsInOtherFoldersNeedTheirOwnPermissions) {
  const std::string checkout = add_checkout("home", 0755);
  std::filesystem::create_directories(folder.path() + "/other/deep");
  folder.add("other/deep/server", "#!/bin/sh\nexit 0\n");
  const std::string server = folder.path() + "/other/deep/server";
  close_folder(server, 0755);
  close_folder(folder.path() + "/other", 0700);
  EXPECT_TRUE(really_starts(checkout, {server}));
  EXPECT_EQ(trouble_at(checkout, server), "");
  close_folder(folder.path() + "/other/deep", 0700);
  EXPECT_FALSE(really_starts(checkout, {server}));
  EXPECT_NE(trouble_at(checkout, server).find("that user may not enter the folder"),
            std::string::npos);
}

TEST_F(CheckTest, RefusesUsersThatTheOperatorDoesNotAllow) {
  const Said said = checked("create a\nset a uid 33\nbind 10.0.0.5 a\n");
  EXPECT_EQ(said.status, 1);
  EXPECT_EQ(
      said.errors,
      "x.conf:2:11: error: services may not run as user 33: --allow-uid does not name it\n"
      "set a uid 33\n"
      "          ^~\n"
      "hint: give the option --allow-uid 33 if its files are for attackers to read; or remove "
      "the line: each service then has a user of its own\n1 error\n");
}

}  // namespace
}  // namespace apiary

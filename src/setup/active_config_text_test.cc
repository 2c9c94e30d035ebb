#include "setup/active_config_text.h"

#include <gtest/gtest.h>

#include "config/statement_printer.h"
#include "config/testing/statements.h"
#include "posix/testing/temporary_files.h"

namespace apiary {
namespace {

constexpr std::string_view systems = R"(Fingerprint Linux
T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)

Fingerprint Linux "x" 2.4
T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)
)";

/// A daemon's configuration, without the daemon.
class ActiveConfigTextTest : public ::testing::Test {
 protected:
  ActiveConfigText start(const std::string& text) {
    folder.add("main.conf", text);
    auto built = build_file(sources);
    EXPECT_TRUE(built) << built.error();
    return built ? std::move(built->active) : ActiveConfigText{};
  }

  /// The statements of a text, without includes.
  std::string meaning(const std::string& text) {
    SourceText source(sources.configuration, text);
    std::string spelled;
    ParseSettings settings = machine_settings().parsing;
    for (const Statement& statement : parse(source, settings).statements)
      if (!std::holds_alternative<Include>(statement.content))
        spelled += format_statement(statement, source) + "\n";
    return spelled;
  }

  TemporaryFolder folder;
  ConfigurationSources sources{folder.path() + "/main.conf", folder.add("systems", systems)};
};

TEST_F(ActiveConfigTextTest, EveryStatementWorksAsInAFile) {
  const std::string base =
      "create a\ncreate b\ndynamic magic\nadd a tcp port 80 open\nbind 10.0.0.5 a\n"
      "bind 10.0.9.1 magic\nbind 10.0.9.2 b\n";
  folder.add("more.conf", "create more\nset more uptime 5\n");
  const ActiveConfigText present = start(base);
  std::size_t taken = 0;
  for (const std::string_view statement : every_kind_of_statement) {
    SCOPED_TRACE(statement);
    const auto changed = build_with(present, statement, sources);
    const auto in_file = examine_text(base + std::string(statement) + "\n", sources, read_file);
    ASSERT_TRUE(in_file);
    EXPECT_EQ(changed.has_value(), !in_file->is_broken());
    if (!changed) {
      EXPECT_NE(changed.error().find(" error: "), std::string::npos) << changed.error();
      continue;
    }
    ++taken;
    EXPECT_EQ(changed->configuration.addresses.ranges(), in_file->configuration.addresses.ranges());
    const std::string dump = whole_text(changed->active, sources);
    EXPECT_EQ(meaning(dump), meaning(base + std::string(statement)));
    const ActiveConfigText again = start(dump);
    EXPECT_EQ(whole_text(again, sources), dump);
    folder.add("main.conf", base);
  }
  EXPECT_GT(taken, std::size(every_kind_of_statement) / 2) << "most are valid in the configuration";
}

TEST_F(ActiveConfigTextTest, ADumpHasIncludedFilesAsTheyWereRead) {
  std::filesystem::create_directory(folder.path() + "/kinds");
  folder.add("kinds/all.conf", "include a.conf\n");
  folder.add("kinds/a.conf", "create a");
  const ActiveConfigText present = start("include kinds/all.conf\nbind 10.0.0.5 a");
  folder.add("more.conf", "bind 10.0.0.6 a\n");
  const auto included = build_with(present, "include more.conf", sources);
  ASSERT_TRUE(included) << included.error();
  folder.add("kinds/a.conf", "this is broken now");
  folder.add("more.conf", "and this");

  const auto bound = build_with(included->active, "bind 10.0.0.7 a", sources);
  ASSERT_TRUE(bound) << bound.error();
  EXPECT_EQ(to_string(bound->configuration.addresses), "10.0.0.5-10.0.0.7");
  const std::string dump = whole_text(bound->active, sources);
  EXPECT_EQ(dump,
            "# include kinds/all.conf\n# include a.conf\ncreate a\n\n\nbind 10.0.0.5 a\n\n"
            "# Added by apiary ctl:\n# include more.conf\nbind 10.0.0.6 a\n\nbind 10.0.0.7 a\n");
  const ActiveConfigText again = start(dump);
  EXPECT_EQ(whole_text(again, sources), dump);
}

TEST_F(ActiveConfigTextTest, DiagnosticsShowTheirPlace) {
  folder.add("more.conf", "\nbind 10.0.0.5 a\n");
  const ActiveConfigText present = start("create a\nbind 10.0.0.5 a\n");
  const std::string main = sources.configuration;
  struct Case {
    std::string statement, said;
  };
  for (const Case& c :
       {Case{"bind 10.0.0.5 a",
             "ctl:1:6: error: 10.0.0.5 is bound already\nbind 10.0.0.5 a\n"
             "     ^~~~~~~~\n" +
                 main + ":2:6: note: it is bound here\nbind 10.0.0.5 a\n     ^~~~~~~~\n"},
        Case{"include gone.conf", "ctl:1:9: error: cannot read " + folder.path() +
                                      "/gone.conf: No such file or directory\n"
                                      "include gone.conf\n        ^~~~~~~~~\n"}}) {
    const auto changed = build_with(present, c.statement, sources);
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error(), c.said);
  }
  const auto changed = build_with(present, "include more.conf", sources);
  ASSERT_FALSE(changed);
  EXPECT_NE(changed.error().find("more.conf:2:6: error: 10.0.0.5 is bound already"),
            std::string::npos)
      << changed.error();
}

}  // namespace
}  // namespace apiary

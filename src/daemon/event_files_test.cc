#include "daemon/event_files.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>

#include "posix/file_descriptor.h"
#include "posix/testing/temporary_files.h"
#include "sink/honeyd_logs.h"
#include "sink/json_lines_sink.h"
#include "store/store_sink.h"

namespace apiary {
namespace {

namespace fs = std::filesystem;

/// An option that names a file.
struct Option {
  const char* name;
  const SinkKind* kind;        // nullptr: --capture
  const char* text = nullptr;  // before the path; nullptr: the name and a blank
  bool is_sink() const { return std::string_view(name).starts_with(SinkSpec::sink_option); }
  std::string said() const { return text == nullptr ? std::string(name) + " " : text; }
};
const std::vector<Option> all_options = {
    {"--events", &json_lines_kind},
    {"-l", &honeyd_packets_kind},
    {"-s", &honeyd_services_kind},
    {"--capture", nullptr},
    {"--store", &store_kind},
    {"--sink json", &json_lines_kind, "--sink json:"},
    {"--sink honeyd-packets", &honeyd_packets_kind, "--sink honeyd-packets:"},
    {"--sink store", &store_kind, "--sink store:"}};

void add(EventOptions& options, const Option& option, const std::string& path) {
  if (option.kind == nullptr)
    options.capture = path;
  else
    options.sinks.push_back(
        {option.kind, path, option.is_sink() ? SinkSpec::sink_option : option.name});
}

EventOptions options_of(const Option& option, const std::string& path) {
  EventOptions options;
  add(options, option, path);
  return options;
}

EventOptions store_at(const std::string& path) {
  return options_of({"--store", &store_kind}, path);
}

/// Returns the error; empty: it succeeded.
std::string refusal(const EventOptions& options, const std::string& user = "daemon") {
  const auto prepared = prepare_event_files(options, user);
  return prepared ? "" : prepared.error();
}

class EventFiles : public testing::Test {
 protected:
  EventFiles() { chmod(here.c_str(), 0755); }
  std::vector<std::string> everything() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(here))
      names.push_back(entry.path().string());
    std::ranges::sort(names);
    return names;
  }
  static uid_t owner_of(const std::string& path) {
    struct stat found {};
    EXPECT_EQ(lstat(path.c_str(), &found), 0) << path;
    return found.st_uid;
  }

  const TemporaryFolder temporary;
  const std::string here = temporary.path();
};

/// With the rights to be another user.
class EventFilesAsRoot : public EventFiles {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    const passwd* const account = getpwnam("daemon");
    ASSERT_NE(account, nullptr);
    daemon = account->pw_uid;
  }
  uid_t daemon = 0;
};

TEST_F(EventFiles, ReportsABadPathAndLeavesNothing) {
  temporary.add("file", "x");
  fs::create_directory(here + "/folder");
  fs::create_symlink("/no/such/place", here + "/dangling");
  fs::create_symlink("loop", here + "/loop");
  fs::create_symlink("file", here + "/link");
  const FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (here + "/socket").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const auto before = everything();
  struct Case {
    const char* name;
    std::string path, sentence;
  };
  for (const Case& c : {
           Case{"a link to nowhere", here + "/dangling", "is a symbolic link: name its target"},
           Case{"a link", here + "/link", "is a symbolic link: name its target"},
           Case{"below a link to nowhere", here + "/dangling/sub/x", "without a target"},
           Case{"below a link to itself", here + "/loop/x", "Too many levels of symbolic links"},
           Case{"where no folders are made", "/proc/nothing/x", "cannot create a folder in /proc"},
           Case{"where no files are made", "/proc/x", "/proc"},
           Case{"a folder", here + "/folder", "this is a folder: name a file in it"},
           Case{"a folder with a stroke", here + "/folder/", "this is a folder"},
           Case{"a missing folder", here + "/new/", "Is a directory"},
           Case{"below a file", here + "/file/sub/x", "file is not a folder"},
           Case{"a socket", here + "/socket", "this is a socket"},
           Case{"too long a name", here + "/new/" + std::string(300, 'x'), "File name too long"},
       }) {
    for (const Option& option : all_options) {
      SCOPED_TRACE(std::string(option.name) + ", " + c.name);
      const std::string said = refusal(options_of(option, c.path));
      EXPECT_NE(said.find(c.sentence), std::string::npos) << said;
      EXPECT_TRUE(said.starts_with(option.said() + c.path + ": ")) << said;
      EXPECT_EQ(everything(), before);
    }
  }
}

TEST_F(EventFiles, CreatesMissingFilesAndFolders) {
  for (const Option& option : all_options) {
    SCOPED_TRACE(option.name);
    const std::string path = here + "/" + option.name + "/folder/file";
    EXPECT_EQ(refusal(options_of(option, path)), "");
    EXPECT_TRUE(fs::is_regular_file(path));
    EXPECT_EQ(refusal(options_of(option, path)), "") << "and finds it again";
  }
}

TEST_F(EventFiles, AcceptsAPipeButNotForAStore) {
  const std::string path = here + "/pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0666), 0);
  ASSERT_EQ(chmod(path.c_str(), 0666), 0);
  for (const Option& option : all_options) {
    const std::string said = refusal(options_of(option, path));
    if (option.kind == &store_kind)
      EXPECT_NE(said.find("a store must be a regular file"), std::string::npos) << said;
    else
      EXPECT_EQ(said, "") << option.name;
  }
}

TEST_F(EventFiles, RejectsOneFileForTwoOptions) {
  struct Case {
    std::size_t first, second;  // of all_options
    const char* sentence;
  };
  for (const Case& c : {Case{0, 1, "--events and -l name the same file"},
                        Case{0, 5, "--events and --sink json name the same file"},
                        Case{5, 5, "--sink json and --sink json name the same file"},
                        Case{5, 7, "--sink json and --sink store name the same file"},
                        Case{5, 3, "--sink json and --capture name the same file"}}) {
    EventOptions options;
    add(options, all_options[c.first], here + "/new/x");
    add(options, all_options[c.second], here + "/new/../new/x");
    EXPECT_NE(refusal(options).find(c.sentence), std::string::npos) << refusal(options);
    EXPECT_FALSE(fs::exists(here + "/new"));
  }
}

TEST_F(EventFiles, PreparesTwoOfOneKind) {
  EventOptions options;
  for (const char* const name : {"/one", "/two"}) add(options, all_options[5], here + name);
  EXPECT_EQ(refusal(options), "");
  for (const char* const name : {"/one", "/two"}) EXPECT_TRUE(fs::exists(here + name));
}

TEST_F(EventFilesAsRoot, MakesTheUserOwnerOfFilesAndNewFolders) {
  fs::create_directory(here + "/roots");
  temporary.add("roots/old", "x");
  for (const Option& option : all_options) {
    SCOPED_TRACE(option.name);
    const std::string path = here + "/" + option.name + "/folder/file";
    EXPECT_EQ(refusal(options_of(option, path)), "");
    for (const std::string& made :
         {path, here + "/" + option.name + "/folder", here + "/" + option.name})
      EXPECT_EQ(owner_of(made), daemon) << made;
    if (option.kind == &store_kind) continue;
    for (const char* const name : {"old", option.name}) {
      EXPECT_EQ(refusal(options_of(option, here + "/roots/" + name)), "");
      EXPECT_EQ(owner_of(here + "/roots/" + name), daemon);
    }
  }
  EXPECT_EQ(owner_of(here + "/roots"), 0U) << "a folder that was there stays whose it is";
}

TEST_F(EventFilesAsRoot, RejectsAStoreWhereTheUserCannotWrite) {
  fs::create_directory(here + "/roots");
  const std::string path = here + "/roots/store.db";
  EXPECT_EQ(refusal(store_at(path)),
            "--store " + path + ": user 'daemon' may not write in " + here +
                "/roots, where SQLite keeps files beside the store: chown daemon " + here +
                "/roots, or name a new folder, which the daemon creates for that user");
  EXPECT_TRUE(fs::is_empty(here + "/roots"));
  ASSERT_EQ(chown((here + "/roots").c_str(), daemon, 0), 0);
  EXPECT_EQ(refusal(store_at(path)), "");
}

TEST_F(EventFilesAsRoot, RejectsPathsThatTheUserCannotReach) {
  fs::create_directory(here + "/private");
  ASSERT_EQ(chmod((here + "/private").c_str(), 0700), 0);
  for (const Option& option : all_options) {
    const std::string said = refusal(options_of(option, here + "/private/x"));
    EXPECT_NE(said.find("user 'daemon' may not enter the folder " + here + "/private"),
              std::string::npos)
        << said;
  }
  EXPECT_TRUE(fs::is_empty(here + "/private"));
}

TEST_F(EventFilesAsRoot, ChangesTheOwnerOfFilesBesideAStore) {
  fs::create_directory(here + "/folder");
  ASSERT_EQ(chown((here + "/folder").c_str(), daemon, 0), 0);
  for (const char* const name : {"s", "s-wal", "s-shm"})
    temporary.add(std::string("folder/") + name, "");
  EXPECT_EQ(refusal(store_at(here + "/folder/s")), "");
  for (const char* const name : {"s", "s-wal", "s-shm"})
    EXPECT_EQ(owner_of(here + "/folder/" + name), daemon);
}

TEST_F(EventFilesAsRoot, NamesAMissingUser) {
  EXPECT_NE(refusal(store_at(here + "/new/s"), "nobody-at-all").find("no user 'nobody-at-all'"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(here + "/new"));
}

}  // namespace
}  // namespace apiary

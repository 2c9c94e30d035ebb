#include "runtime/event_sinks.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <filesystem>

#include "posix/file_descriptor.h"
#include "record/record_json.h"
#include "sink/honeyd_logs.h"
#include "sink/json_lines_sink.h"
#include "sink/syslog_sink.h"

namespace apiary {
namespace {

namespace fs = std::filesystem;
using Done = tl::expected<void, std::string>;

std::string folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

/// Makes `folder` and those above it that are missing, for `account`; nullptr: for us.
Done make_folder(const std::string& folder, const passwd* account) {
  if (mkdir(folder.c_str(), 0750) == 0) {
    if (account != nullptr && chown(folder.c_str(), account->pw_uid, account->pw_gid) != 0)
      return tl::unexpected(to_string(last_system_error("giving away the folder " + folder)));
    return {};
  }
  if (errno == EEXIST) return {};
  if (errno == ENOENT) {
    if (auto made = make_folder(folder_of(folder), account); !made) return made;
    return make_folder(folder, account);
  }
  return tl::unexpected(to_string(last_system_error("making the folder " + folder)));
}

/// Makes `path` when it is missing, and gives it to `account` unless that is nullptr.
Done prepare_file(const std::string& path, const passwd* account) {
  if (auto made = make_folder(folder_of(path), account); !made) return made;
  const FileDescriptor file(
      open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640));
  struct stat status {};
  if (!file || fstat(file.get(), &status) != 0)
    return tl::unexpected(to_string(last_system_error("opening " + path)));
  if (account == nullptr || !S_ISREG(status.st_mode) || status.st_uid == account->pw_uid) return {};
  if (fchown(file.get(), account->pw_uid, account->pw_gid) != 0)
    return tl::unexpected(to_string(last_system_error("giving away " + path)));
  return {};
}

std::string host_name() {
  char name[HOST_NAME_MAX + 1] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

std::vector<std::string> files_of(const EventOptions& options) {
  std::vector<std::string> files;
  if (!options.json_lines.empty()) files.push_back(options.json_lines);
  for (const std::string& log : {options.packet_log, options.service_log, options.capture})
    if (!log.empty()) files.push_back(log);
  if (!options.store.empty())
    for (const char* const suffix : {"", "-wal", "-shm"}) files.push_back(options.store + suffix);
  return files;
}

}  // namespace

JsonForm make_json_form(const std::string& version) { return JsonForm({version, host_name()}); }

tl::expected<void, std::string> prepare_event_files(const EventOptions& options,
                                                    const std::string& user) {
  const passwd* const account = geteuid() == 0 ? getpwnam(user.c_str()) : nullptr;
  for (const std::string& file : files_of(options))
    if (auto prepared = prepare_file(file, account); !prepared) return prepared;
  return {};
}

tl::expected<EventSinks, std::string> open_event_sinks(const EventOptions& options,
                                                       const std::string& version, Instant now) {
  EventSinks opened;
  const JsonForm form = make_json_form(version);
  const auto open_file = [&](const std::string& path, auto make_sink) -> Done {
    if (path.empty()) return {};
    auto file = RotatingFile::open(path, options.rotation, now);
    if (!file) return tl::unexpected(to_string(file.error()));
    opened.sinks.push_back(make_sink(std::move(*file)));
    if (access(folder_of(path).c_str(), W_OK) != 0)
      opened.remarks.push_back(fmt::format(
          "{} cannot make way for new files: who the daemon runs as may not write in {}", path,
          folder_of(path)));
    return {};
  };
  const auto json_lines = [&](RotatingFile file) {
    return std::make_unique<JsonLinesSink>(std::move(file), form);
  };
  const auto packet_log = [](RotatingFile file) {
    return std::make_unique<HoneydPacketLog>(std::move(file));
  };
  const auto service_log = [](RotatingFile file) {
    return std::make_unique<HoneydServiceLog>(std::move(file));
  };
  if (auto done = open_file(options.json_lines, json_lines); !done)
    return tl::unexpected(done.error());
  if (auto done = open_file(options.packet_log, packet_log); !done)
    return tl::unexpected(done.error());
  if (auto done = open_file(options.service_log, service_log); !done)
    return tl::unexpected(done.error());
  if (!options.syslog.empty()) {
    const auto target = parse_syslog_target(options.syslog);
    if (!target) return tl::unexpected(target.error());
    opened.sinks.push_back(std::make_unique<SyslogSink>(*target, form, host_name()));
  }
  if (!options.store.empty()) {
    auto store = StoreSink::open(options.store, options.retention, form);
    if (!store) return tl::unexpected(to_string(store.error()));
    opened.sinks.push_back(std::move(*store));
  }
  return opened;
}

}  // namespace apiary

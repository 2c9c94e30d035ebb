#include "report/report_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "posix/file_descriptor.h"
#include "posix/system_error.h"
#include "report/report_data.h"
#include "report/report_html.h"

namespace apiary {
namespace {

using Written = tl::expected<void, SystemError>;

Written write_all(const FileDescriptor& file, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return tl::unexpected(last_system_error("writing " + path));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

/// Whether a file may replace what is there: it may not replace a device, a pipe or a link.
bool may_be_replaced(const std::string& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

/// Replaces the file atomically.
Written replace_file(const std::string& path, std::string_view text) {
  const bool beside = may_be_replaced(path);
  const std::string written_to = beside ? fmt::format("{}.{}", path, getpid()) : path;
  FileDescriptor file(
      open(written_to.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (beside ? O_EXCL : O_TRUNC), 0666));
  if (!file) return tl::unexpected(last_system_error("opening " + written_to));
  auto done = write_all(file, path, text);
  if (done && beside && rename(written_to.c_str(), path.c_str()) != 0)
    done = tl::unexpected(last_system_error("writing " + path));
  if (!done && beside) unlink(written_to.c_str());
  return done;
}

}  // namespace

int run_report(const ReportOptions& options) {
  auto store = StoreReader::open(options.store);
  if (!store) return fail(store.error());
  const Instant now = wall_clock();
  const auto report = collect_report(*store, now - options.period, now);
  if (!report) return fail(report.error());
  const std::string page = report_page(*report, options.audit ? &*options.audit : nullptr);
  if (options.output == "-") {
    if (std::fwrite(page.data(), 1, page.size(), stdout) == page.size() && std::fflush(stdout) == 0)
      return 0;
    return fail(last_system_error("writing the report"));
  }
  const auto written = replace_file(options.output, page);
  return written ? 0 : fail(written.error());
}

}  // namespace apiary

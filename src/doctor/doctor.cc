#include "doctor/doctor.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "doctor/checks.h"
#include "doctor/collect_snapshot.h"
#include "doctor/report.h"

namespace apiary {
namespace {

/// The width of the terminal on stdout, limited to a readable one.
std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 100;
  return std::clamp<std::size_t>(size.ws_col, 60, 120);
}

}  // namespace

int run_doctor(const DoctorOptions& options) {
  constexpr int usage_error = 2;
  const auto snapshot = collect_snapshot(options);
  if (!snapshot) {
    fmt::print(stderr, "{}\n", snapshot.error());
    return usage_error;
  }
  const Findings findings = examine(*snapshot);
  const bool coloured = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  fmt::print("{}", options.json ? report_json(*snapshot, findings)
                                : report_text(*snapshot, findings, coloured, terminal_width()));
  return status_of(findings) == CheckStatus::fail ? 1 : 0;
}

}  // namespace apiary

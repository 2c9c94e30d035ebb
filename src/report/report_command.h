#pragma once

#include <string>

#include "audit/audit_report.h"
#include "store/store_reader.h"

namespace apiary {

/// Options of `apiary report`.
struct ReportOptions {
  std::string store = default_store_path;
  std::string output = "-";  // a file; "-": stdout
  Duration period = hours{24};
  std::optional<AuditReport> audit{};  // of the daemon's configuration
};

/// Writes the report. Returns the exit status: 1 after it has printed an error; the file is then
/// unchanged.
int run_report(const ReportOptions& options);

}  // namespace apiary

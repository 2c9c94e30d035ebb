/// prober/: what `apiary audit` takes from this machine: raw sockets, programs of services, files
/// of Nmap. The checks themselves are in audit/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "audit/audit_report.h"
#include "base/time.h"
#include "setup/load.h"

namespace apiary {

/// Options of `apiary audit`.
struct AuditOptions {
  std::string configuration;      // empty with `live`
  std::vector<std::string> nets;  // to answer for; with `live`: to audit
  std::string personalities = default_personalities_file;
  std::string key = "audit";  // for make_host_key()
  std::optional<std::uint64_t> max_hosts{};
  bool runs_services = false;
  bool json = false;

  bool live = false;
  std::string interface {};
  std::uint64_t packets_per_second = 100;
  Duration listening = seconds{20};  // for packets that come late
  Duration clock_span{};             // between two readings of clocks
};

/// The audit in memory of a configuration. Error: a sentence or diagnostics.
tl::expected<AuditReport, std::string> audit_file(const AuditOptions& options);

/// Prints what distinguishes the hosts of a configuration, or of a network, from real machines.
/// Returns the exit status: 1 if a check fails, 2 if the audit cannot be done.
int run_audit(const AuditOptions& options);

}  // namespace apiary

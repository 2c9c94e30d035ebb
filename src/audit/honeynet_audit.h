#pragma once

#include <map>
#include <memory>
#include <string>

#include "audit/audit_report.h"
#include "audit/engine_prober.h"
#include "audit/probe_round.h"

namespace apiary {

/// What to audit in memory.
struct HoneynetAudit {
  std::string subject;
  std::shared_ptr<const Honeynet> honeynet;
  AddressSet addresses;  // to answer for
  HashKey host_key;
  Instant start;  // of the simulated clock
  std::size_t max_hosts = 64;
  bool runs_programs = false;         // `services` starts programs, too
  AuditServices* services = nullptr;  // null: no service says anything
};

/// Asks a sample of the hosts, in memory.
Observations observe(const HoneynetAudit& audit, const AuditPace& pace = {});
/// The same through `prober`, which is one of make_engine_prober(), or changes what that hears.
Observations observe(const HoneynetAudit& audit, Prober& prober, const AuditPace& pace = {});
std::unique_ptr<EngineProber> make_engine_prober(const HoneynetAudit& audit);

/// The hosts of `honeynet` at `addresses`, or a sample of at most `limit`: routers and single
/// addresses first, the rest evenly spread. Sets `candidates` and `densities`, too.
void choose_hosts(const Honeynet& honeynet, const AddressSet& addresses, std::size_t limit,
                  Observations& observations);

}  // namespace apiary

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "audit/tell.h"

namespace apiary {

/// A tell with its result.
struct JudgedTell {
  const Tell* tell;
  TellResult result;
};

/// What an audit found.
struct AuditReport {
  std::string subject;  // the file or the network
  std::vector<JudgedTell> tells;
  std::uint64_t hosts = 0, candidates = 0;  // examined, of how many
};

/// Judges all tells.
AuditReport judge_all(std::string subject, const Observations& observations,
                      const AuditKnowledge& knowledge);

/// Of the tells that pass, warn or fail: those that pass, and half of those that warn, in per
/// cent. Nothing if none was judged.
std::optional<int> score_of(const AuditReport& report);
bool has_failures(const AuditReport& report);

/// A table for people. `colour`: of the terminal.
std::string audit_text(const AuditReport& report, bool coloured);
/// For programs.
std::string audit_json(const AuditReport& report);

}  // namespace apiary

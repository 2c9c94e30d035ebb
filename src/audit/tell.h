/// audit/: would somebody take the network for a honeynet? collect() asks each host what scanners
/// and attackers ask, through a Prober; each Tell judges what was heard. The core of it is pure:
/// EngineProber asks an engine in memory, with a simulated clock.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "audit/observation.h"

namespace apiary {

enum class TellVerdict : std::uint8_t { pass, not_applicable, not_run, warn, fail };
/// "pass", "not applicable" ...
std::string_view name_of(TellVerdict verdict);

/// What a check found.
struct TellResult {
  TellVerdict verdict = TellVerdict::pass;
  std::string explanation{};       // a sentence without a full stop; empty: nothing to say
  std::vector<IpAddress> hosts{};  // concerned
  std::uint64_t examined = 0;      // hosts
};

/// Knowledge of this machine that checks use.
struct AuditKnowledge {
  /// The name of the honeypot that Nmap recognises by this text; empty: none. Null: no file.
  std::function<std::string(std::string_view said)> honeypot_of{};
  /// The vendor of a network card; empty: unknown. Null: no file.
  std::function<std::string(const MacAddress&)> vendor_of{};
};

/// A way to distinguish honeypots from machines, and the check for it.
struct Tell {
  std::string_view id;      // "T1"
  std::string_view name;    // in three words or so
  std::string_view mend;    // a line of configuration, or what else helps
  std::string_view source;  // who uses it
  TellResult (*judge)(const Observations& observations, const AuditKnowledge& knowledge);
};

/// All of them, in the order of their numbers.
std::span<const Tell> all_tells();

/// Collects the verdicts on single hosts to one result.
class Judgement {
 public:
  void examine() { ++examined_; }
  void warn(const IpAddress& host, std::string reason) { add(TellVerdict::warn, host, reason); }
  void fail(const IpAddress& host, std::string reason) { add(TellVerdict::fail, host, reason); }

  /// `otherwise`: why no host was examined, if none was.
  TellResult result(std::string_view otherwise) const;

 private:
  void add(TellVerdict verdict, const IpAddress& host, std::string& reason);

  TellResult worst_{};
  std::uint64_t examined_ = 0;
};

TellResult not_applicable(std::string_view why);
TellResult not_run(std::string_view why);

}  // namespace apiary

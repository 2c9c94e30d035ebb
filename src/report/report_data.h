#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "event/distinct.h"
#include "store/store_reader.h"

namespace apiary {

/// The first of a list that may be long.
template <class Row>
struct Ranked {
  std::vector<Row> rows{};
  std::uint64_t all = 0;  // rows of the whole list

  std::uint64_t left_out() const { return all - rows.size(); }
};

/// Activity of a source, a host or a port.
struct ActivityCounts {
  std::uint64_t contacts = 0, conversations = 0, credentials = 0;
};

struct ReportedSource {
  IpAddress address;
  Instant first{}, last{};
  ActivityCounts activity{};
  Distinct hosts{}, ports{};  // contacted one by one or scanned
  std::uint64_t scans = 0;
  bool is_new = false;
};

struct ReportedPort {
  std::string transport;
  std::uint16_t number = 0;
  ActivityCounts activity{};
  std::uint64_t sources = 0;
  bool is_new = false;
};

struct ReportedHost {
  IpAddress address;
  std::string template_name{};
  ActivityCounts activity{};
  std::uint64_t sources = 0;
};

/// A template or a service, by its name.
struct ReportedName {
  std::string name;
  std::uint64_t events = 0, sources = 0;
};

struct ReportedCredential {
  std::string user, password;  // any bytes
  std::uint64_t tries = 0, sources = 0;
  bool is_new = false;
};

/// The first of consecutive bytes of one side.
struct TranscriptPart {
  bool from_visitor = true;
  std::string bytes{};  // any
  std::uint64_t left_out_bytes = 0;
};

/// The shown part of a conversation.
struct Transcript {
  IpAddress source, host;
  std::uint16_t source_port = 0, host_port = 0;
  std::string transport{};
  Instant began{};
  std::vector<TranscriptPart> parts{};
  std::uint64_t left_out_parts = 0;
};

/// Events over time: in each lane, a number for each interval.
struct Timeline {
  enum Lane { contacts, conversations, credentials, scans, lane_count };
  static constexpr std::size_t max_runs = 100;
  Instant begin{};
  Duration stretch = minutes{15};
  std::array<std::vector<std::uint64_t>, lane_count> lanes{};
};

/// A reason for missing events, as the daemon reported it.
struct ReportedProblem {
  std::string what;
  std::uint64_t times = 0;
};

/// The contents of a report. All lists are bounded.
struct Report {
  std::string hostname{};  // of the daemon's machine; empty: unknown
  Instant since{}, until{};
  Instant oldest{};         // of all events in the store, also before `since`
  bool has_before = false;  // the store has events from before `since`, so it is known what is new
  std::uint64_t events = 0, scans = 0;
  Distinct hosts{};
  ActivityCounts total{};
  Ranked<ReportedSource> sources{}, new_sources{};
  Ranked<ReportedPort> ports{}, new_ports{};
  Ranked<ReportedCredential> credentials{}, new_credentials{};
  Ranked<ReportedHost> hosts_spoken_to{};
  Ranked<ReportedName> templates{}, services{};
  Ranked<ReportedProblem> problems{};
  Timeline timeline{};
  std::vector<Transcript> transcripts{};  // the most interesting ones
  std::uint64_t transcripts_in_all = 0;
};

/// Reads the events since then, up to and including `now`, from one snapshot even while a daemon
/// writes. Error: SQLite's message.
tl::expected<Report, SystemError> collect_report(StoreReader& store, Instant since, Instant now);

}  // namespace apiary

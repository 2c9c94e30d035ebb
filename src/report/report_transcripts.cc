#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/report_query.h"

namespace apiary {
namespace {

constexpr std::size_t max_transcripts = 12;
constexpr std::size_t max_candidates = 200;
constexpr std::size_t max_parts = 32;
constexpr std::size_t max_visitor_bytes = 768, max_host_bytes = 320;  // of a part
constexpr std::size_t max_bytes = 3'072;                              // of a transcript

/// Conversations with payload, the most interesting first: the longest dialogue of each port, then
/// the second of each, and so on; with the numbers of the events that report the first of them.
constexpr const char* make_talks = R"(
CREATE TEMP TABLE talks AS
  SELECT source, source_port, host, host_port, transport, count(*) AS parts, min(at) AS began,
         row_number() OVER (PARTITION BY transport, host_port ORDER BY count(*) DESC, min(number))
           AS place
  FROM period WHERE kind = 'payload' GROUP BY 1, 2, 3, 4, 5;
CREATE TEMP TABLE candidates AS
  SELECT * FROM talks ORDER BY place, parts DESC, began LIMIT {0};
CREATE TEMP TABLE candidate_parts AS
  SELECT candidates.rowid AS candidate, period.number,
         row_number() OVER (PARTITION BY candidates.rowid ORDER BY period.number) AS place
  FROM candidates JOIN period USING (source, source_port, host, host_port, transport)
  WHERE period.kind = 'payload';
CREATE INDEX temp.by_candidate ON candidate_parts (candidate, place);
)";

/// The shown part of a part: its beginning, as far as there is room.
TranscriptPart beginning_of(std::string bytes, bool from_visitor, std::size_t room) {
  const std::size_t shown =
      std::min({bytes.size(), room, from_visitor ? max_visitor_bytes : max_host_bytes});
  const std::uint64_t left_out = bytes.size() - shown;
  bytes.resize(shown);
  return {from_visitor, std::move(bytes), left_out};
}

QueryResult read_parts(SqliteDatabase& database, std::int64_t candidate, Transcript& transcript) {
  std::size_t room = max_bytes;
  return each_row(
      database,
      fmt::format("SELECT json ->> '$.apiary.payload.from', json ->> '$.apiary.payload.base64' "
                  "FROM candidate_parts JOIN events USING (number) "
                  "WHERE candidate = {} AND place <= {} ORDER BY place",
                  candidate, max_parts),
      [&](const SqliteStatement& row) {
        if (room == 0) return;
        transcript.parts.push_back(
            beginning_of(stored_bytes(row.text(1)), row.text(0) == "visitor", room));
        room -= transcript.parts.back().bytes.size();
      });
}

}  // namespace

QueryResult query_transcripts(SqliteDatabase& database, Report& report) {
  if (auto made = database.execute(fmt::format(make_talks, max_candidates).c_str()); !made)
    return made;
  const auto all = database.number("SELECT count(*) FROM talks");
  if (!all) return tl::unexpected(all.error());
  report.transcripts_in_all = static_cast<std::uint64_t>(*all);

  std::set<std::string> seen_payloads;  // identical payloads, as bots send them, are shown once
  QueryResult read{};
  const auto consider = [&](const SqliteStatement& row) {
    if (!read || report.transcripts.size() == max_transcripts) return;
    Transcript transcript{.source = address_of(row.bytes(1)),
                          .host = address_of(row.bytes(3)),
                          .source_port = static_cast<std::uint16_t>(row.integer(2)),
                          .host_port = static_cast<std::uint16_t>(row.integer(4)),
                          .transport = std::string(row.text(5)),
                          .began = stored_time(row.integer(7))};
    read = read_parts(database, row.integer(0), transcript);
    std::string words;
    for (const TranscriptPart& part : transcript.parts)
      if (part.from_visitor) words += part.bytes + '\n';
    if (words.empty() || !seen_payloads.insert(std::move(words)).second) return;
    transcript.left_out_parts = count_in(row, 6) - transcript.parts.size();
    report.transcripts.push_back(std::move(transcript));
  };
  const auto asked =
      each_row(database,
               "SELECT rowid, source, source_port, host, host_port, transport, parts, began "
               "FROM candidates ORDER BY rowid",
               consider);
  return asked ? read : asked;
}

}  // namespace apiary

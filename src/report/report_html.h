#pragma once

#include <string>

#include "audit/audit_report.h"
#include "report/html_writer.h"
#include "report/report_data.h"

namespace apiary {

/// The report as a self-contained page: without scripts, other files or network access.
/// `audit`: null: without one.
std::string report_page(const Report& report, const AuditReport* audit = nullptr);

// The sections of the report, several to a file.
void write_timeline(HtmlWriter& html, const Timeline& timeline);
void write_new_findings(HtmlWriter& html, const Report& report);
void write_sources(HtmlWriter& html, const Report& report);
void write_credentials(HtmlWriter& html, const Report& report);
void write_targets(HtmlWriter& html, const Report& report);
void write_transcripts(HtmlWriter& html, const Report& report);
void write_audit(HtmlWriter& html, const AuditReport& audit);

// Parts of several sections.
void write_port(HtmlWriter& html, const std::string& transport, std::uint16_t port);
void write_credential(HtmlWriter& html, const std::string& bytes);
void write_left_out(HtmlWriter& html, std::uint64_t left_out, std::string_view thing);
/// The beginning of a cell with a number, and behind it a bar in proportion to `most`.
void begin_bar(HtmlWriter& html, std::uint64_t number, std::uint64_t most);
/// "15 min", "24 hours", "7 days".
std::string span_words(Duration span);

}  // namespace apiary

#pragma once

#include <memory>

#include "http/http.h"
#include "sink/live_feed.h"

namespace apiary {

enum class ExportFormat { csv, json };

/// Files to keep, or to open in a spreadsheet: the remembered events that pass a filter, the oldest
/// first, as a stream ...
HttpResponse export_events(std::shared_ptr<LiveFeed> feed, EventFilter filter, ExportFormat format);
/// ... and conversations or hosts as /api/sessions and /api/hosts list them.
HttpResponse export_sessions(const std::string& listed, ExportFormat format);
HttpResponse export_hosts(const std::string& listed, ExportFormat format);

}  // namespace apiary

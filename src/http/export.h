#pragma once

#include <memory>

#include "http/http.h"
#include "sink/live_feed.h"

namespace apiary {

enum class ExportFormat { csv, json };

/// Responses to save as a file: the events in memory that pass a filter, the oldest first, as a
/// stream ...
HttpResponse export_events(std::shared_ptr<LiveFeed> feed, EventFilter filter, ExportFormat format);
/// ... and conversations or hosts, as /api/sessions and /api/hosts list them.
HttpResponse export_sessions(const std::string& listed, ExportFormat format);
HttpResponse export_hosts(const std::string& listed, ExportFormat format);

}  // namespace apiary

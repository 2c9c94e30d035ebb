#pragma once

#include "http/http.h"

namespace apiary {

/// A file of the dashboard.
HttpResponse answer_dashboard(const HttpRequest& request);

}  // namespace apiary

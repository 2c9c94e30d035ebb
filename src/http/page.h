#pragma once

#include "http/http.h"

namespace apiary {

/// A file of the dashboard.
HttpResponse page_answer(const HttpRequest& request);

}  // namespace apiary

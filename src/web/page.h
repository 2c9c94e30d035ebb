#pragma once

#include "web/http.h"

namespace apiary {

/// A file of the page.
HttpAnswer page_answer(const HttpRequest& request);

}  // namespace apiary

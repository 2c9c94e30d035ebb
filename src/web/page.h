#pragma once

#include "web/http.h"

namespace apiary {

/// A file of the page.
HttpResponse page_answer(const HttpRequest& request);

}  // namespace apiary

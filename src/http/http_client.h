#pragma once

#include <string>
#include <tl/expected.hpp>

#include "http/http.h"

namespace apiary {

/// Sends `request`, without its token, to the server at a Unix socket, and returns its response;
/// one of unknown length as a stream. Waits for the response, so call it on a worker's thread.
/// Error: a sentence.
tl::expected<HttpResponse, std::string> forward_request(const std::string& socket_path,
                                                        const HttpRequest& request);

}  // namespace apiary

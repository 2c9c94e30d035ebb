#pragma once

#include <optional>

#include "http/http.h"
#include "http/web_address.h"

namespace apiary {

/// Access control. At a Unix socket, a client that may open it may read and change everything. At
/// an address, all of /api requires a token, and other than on loopback so does /metrics. Requests
/// with another host name than loopback's are refused there (DNS rebinding).
class HttpGuard {
 public:
  /// `how_to_get` ends the sentence of a refusal that says where the token is. An empty `token`
  /// means that none is required. REQUIRES: a token, unless the address is a Unix socket.
  HttpGuard(WebAddress address, std::string token, std::string how_to_get)
      : address_(std::move(address)),
        token_(std::move(token)),
        how_to_get_(std::move(how_to_get)) {}

  /// The refusal; nothing if the request is allowed.
  std::optional<HttpResponse> refuse(const HttpRequest& request) const;
  /// The refusal of a request that needs no token, because it asks for it.
  std::optional<HttpResponse> refuse_foreign(const HttpRequest& request) const;
  /// Whether the request has the token, if one is required. The comparison takes constant time.
  bool bears_token(const HttpRequest& request) const;

 private:
  bool is_known_host(const std::string& host) const;
  bool needs_token(const HttpRequest& request) const;

  const WebAddress address_;
  const std::string token_, how_to_get_;
};

}  // namespace apiary

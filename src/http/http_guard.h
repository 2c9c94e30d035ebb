#pragma once

#include <optional>

#include "http/http.h"
#include "http/web_address.h"

namespace apiary {

/// Access control. On loopback, everyone may read; on other addresses, a token is required, and
/// always for changes. Requests with another host name are refused (DNS rebinding).
class HttpGuard {
 public:
  /// An empty `token` forbids changes. REQUIRES: a token, unless the address is loopback.
  HttpGuard(WebAddress address, std::string token)
      : address_(std::move(address)), token_(std::move(token)) {}

  /// The refusal; nothing if the request is allowed.
  std::optional<HttpResponse> refuse(const HttpRequest& request) const;
  /// Whether the request has the token. The comparison takes constant time.
  bool bears_token(const HttpRequest& request) const;

 private:
  bool knows_host(const std::string& host) const;

  const WebAddress address_;
  const std::string token_;
};

}  // namespace apiary

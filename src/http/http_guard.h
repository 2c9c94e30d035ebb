#pragma once

#include <optional>

#include "http/http.h"
#include "http/web_address.h"

namespace apiary {

/// Who may ask what. From this machine alone, everybody may look; from elsewhere it takes a token,
/// and to change something it always does. A name that some page in the operator's browser made up
/// for this machine is not answered (DNS rebinding).
class HttpGuard {
 public:
  /// `token` empty: nothing can be changed. REQUIRES: a token, unless the address is of loopback.
  HttpGuard(WebAddress address, std::string token)
      : address_(std::move(address)), token_(std::move(token)) {}

  /// Why not; nothing: it may be answered.
  std::optional<HttpResponse> refuse(const HttpRequest& request) const;
  /// Whether the request bears the token. Takes the same time whatever it bears.
  bool bears_token(const HttpRequest& request) const;

 private:
  bool knows_host(const std::string& host) const;

  const WebAddress address_;
  const std::string token_;
};

}  // namespace apiary

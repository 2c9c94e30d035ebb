#include "http/http_guard.h"

#include "base/json_writer.h"
#include "http/web_token.h"

namespace apiary {
namespace {

std::string without_port(std::string host) {
  for (char& letter : host)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

HttpResponse http_error(int status, std::string_view sentence) {
  return {
      .status = status,
      .body = json_object_text([&](JsonWriter& json) { json.member("error", sentence); }) + "\n"};
}

bool HttpGuard::is_known_host(const std::string& host) const {
  if (!address_.is_loopback) return true;  // the token or the socket is the protection
  // A malicious page under another name runs in a browser, and browsers always send the name.
  const std::string name = without_port(host);
  return name.empty() || name == address_.host || name == "localhost" || name == "127.0.0.1" ||
         name == "::1";
}

bool HttpGuard::needs_token(const HttpRequest& request) const {
  if (token_.empty()) return false;
  return request.path.starts_with("/api/") ||
         (request.path == "/metrics" && !address_.is_loopback && !address_.is_unix());
}

bool HttpGuard::bears_token(const HttpRequest& request) const {
  return token_.empty() || is_same_token(token_, request.token);
}

std::optional<HttpResponse> HttpGuard::refuse_foreign(const HttpRequest& request) const {
  if (!is_known_host(request.host))
    return http_error(421, "this server is " + url_of(address_) + " and has no other name");
  if (request.fetch_site == "cross-site" && request.path.starts_with("/api/"))
    return http_error(403, "cross-origin requests are refused");
  return {};
}

std::optional<HttpResponse> HttpGuard::refuse(const HttpRequest& request) const {
  if (auto refusal = refuse_foreign(request)) return refusal;
  if (needs_token(request) && !bears_token(request))
    return http_error(401, "a token is required, as Authorization: Bearer TOKEN; " + how_to_get_);
  return {};
}

}  // namespace apiary

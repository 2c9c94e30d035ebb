#include "http/http_guard.h"

#include "base/json_writer.h"

namespace apiary {
namespace {

std::string without_port(std::string host) {
  for (char& letter : host)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

bool is_public(const std::string& path) { return path != "/metrics" && !path.starts_with("/api/"); }

}  // namespace

HttpResponse http_error(int status, std::string_view sentence) {
  return {
      .status = status,
      .body = json_object_text([&](JsonWriter& json) { json.member("error", sentence); }) + "\n"};
}

bool HttpGuard::knows_host(const std::string& host) const {
  if (!address_.is_loopback) return true;  // the token is the protection
  // A malicious page under another name runs in a browser, and browsers always send the name.
  const std::string name = without_port(host);
  return name.empty() || name == address_.host || name == "localhost" || name == "127.0.0.1" ||
         name == "::1";
}

bool HttpGuard::bears_token(const HttpRequest& request) const {
  if (token_.empty()) return false;
  unsigned difference = request.token.size() != token_.size();
  for (std::size_t i = 0; i < token_.size(); ++i) {
    const char theirs = i < request.token.size() ? request.token[i] : '\0';
    difference |= static_cast<unsigned char>(theirs ^ token_[i]);
  }
  return difference == 0;
}

std::optional<HttpResponse> HttpGuard::refuse(const HttpRequest& request) const {
  if (!knows_host(request.host))
    return http_error(421, "this server is " + url_of(address_) + " and has no other name");
  if (request.fetch_site == "cross-site" && request.path.starts_with("/api/"))
    return http_error(403, "cross-origin requests are refused");
  const bool is_change = request.method != "GET" && request.method != "OPTIONS" &&
                         request.path != "/api/configuration/check";
  if (is_change && token_.empty())
    return http_error(403,
                      "nothing can be changed here: the daemon was started without --web-token");
  if ((is_change || (!address_.is_loopback && !is_public(request.path))) && !bears_token(request))
    return http_error(401, "the token of --web-token is required");
  return {};
}

}  // namespace apiary

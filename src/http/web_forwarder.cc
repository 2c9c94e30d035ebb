#include "http/web_forwarder.h"

#include <utility>

#include "base/json_writer.h"
#include "http/api.h"
#include "http/http_client.h"
#include "http/web_token.h"

namespace apiary {
namespace {

constexpr std::string_view login_path = "/api/login";

bool is_login(const HttpRequest& request) { return request.path == login_path; }

}  // namespace

std::string OneTimeCode::renew() {
  const std::lock_guard lock(mutex_);
  return code_ = random_token();
}

bool OneTimeCode::redeem(const std::string& code) {
  const std::lock_guard lock(mutex_);
  if (code_.empty() || !is_same_token(code_, code)) return false;
  code_.clear();
  return true;
}

WebForwarder::WebForwarder(Settings settings)
    : settings_(std::move(settings)),
      guard_(settings_.address, settings_.token, "open the URL that apiary web printed last") {}

std::optional<HttpResponse> WebForwarder::refuse(const HttpRequest& request, bool has_body) {
  if (!is_login(request)) return guard_.refuse(request);
  if (auto refusal = guard_.refuse_foreign(request)) return refusal;
  if (request.method != "POST") {
    HttpResponse refusal = http_error(405, request.path + " takes POST");
    refusal.allow = "POST";
    return refusal;
  }
  if (!has_body) return http_error(411, "the request needs a body: the code of the URL");
  return {};
}

HttpLane WebForwarder::lane(const HttpRequest& request) { return lane_of(request); }

HttpResponse WebForwarder::answer(const HttpRequest& request) {
  if (is_login(request)) return log_in(request);
  auto response = forward_request(settings_.socket_path, request);
  if (!response) return http_error(502, response.error());
  return std::move(*response);
}

HttpResponse WebForwarder::log_in(const HttpRequest& request) {
  if (!settings_.code.redeem(request.body))
    return http_error(
        403,
        "this URL has been used already, and works once: open the one that apiary web "
        "printed last");
  settings_.on_redeemed();
  return {.body =
              json_object_text([&](JsonWriter& json) { json.member("token", settings_.token); })};
}

}  // namespace apiary

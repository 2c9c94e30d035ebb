#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "http/http_guard.h"
#include "http/http_server.h"

namespace apiary {

/// A code that its bearer may exchange once, for a token.
class OneTimeCode {
 public:
  /// A new code; the one before is void.
  std::string renew();
  /// Whether `code` is the present one, which is void then.
  bool redeem(const std::string& code);

 private:
  std::mutex mutex_;
  std::string code_;
};

/// Serves the dashboard of a daemon that listens at a Unix socket to one user, by loopback: other
/// users of the machine lack the token. The user's browser gets it for a one-time code, which is
/// in a URL, and URLs are easily seen: in command lines, histories and logs.
class WebForwarder final : public HttpHandler {
 public:
  struct Settings {
    std::string socket_path;            // of the daemon
    WebAddress address;                 // that the user's browser connects to
    std::string token;                  // which `guard` demands
    OneTimeCode& code;                  // it must live as long as the forwarder
    std::function<void()> on_redeemed;  // the code was used; called on any thread
  };

  explicit WebForwarder(Settings settings);

  std::optional<HttpResponse> refuse(const HttpRequest& request, bool has_body) override;
  HttpLane lane(const HttpRequest& request) override;
  HttpResponse answer(const HttpRequest& request) override;

 private:
  HttpResponse log_in(const HttpRequest& request);

  const Settings settings_;
  const HttpGuard guard_;
};

}  // namespace apiary

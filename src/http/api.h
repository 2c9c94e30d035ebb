#pragma once

#include "http/daemon_client.h"
#include "http/http_guard.h"
#include "http/http_server.h"

namespace apiary {

class LiveFeed;

/// The group of threads for a request of the dashboard.
HttpLane lane_of(const HttpRequest& request);

/// The resources for the dashboard and for programs, under /api, /metrics, /healthz and /readyz,
/// and the dashboard's files. docs/web.md documents them.
class WebApi final : public HttpHandler {
 public:
  WebApi(DaemonClient& daemon, std::shared_ptr<LiveFeed> feed, HttpGuard guard)
      : daemon_(daemon), feed_(std::move(feed)), guard_(std::move(guard)) {}

  std::optional<HttpResponse> refuse(const HttpRequest& request, bool has_body) override;
  HttpLane lane(const HttpRequest& request) override;
  /// Call it on any thread but the loop's, for a request that refuse() accepts.
  HttpResponse answer(const HttpRequest& request) override;

 private:
  HttpResponse answer_api(const HttpRequest& request);
  HttpResponse answer_change(const HttpRequest& request);
  HttpResponse status(const HttpRequest& request);
  HttpResponse events(const HttpRequest& request);
  HttpResponse sessions(const HttpRequest& request, std::size_t most);
  HttpResponse hosts(const HttpRequest& request, std::size_t most);
  HttpResponse export_of(const std::string& what, HttpRequest request);
  HttpResponse stream(const HttpRequest& request);
  HttpResponse source(const std::string& address);
  HttpResponse health(bool wants_readiness);
  HttpResponse metrics();
  /// The daemon's response, or an error if it did not respond in time.
  HttpResponse ask(const DaemonClient::Question& question,
                   std::chrono::seconds patience = DaemonClient::default_patience);
  /// For health checks and scrapes, which wait ten seconds.
  HttpResponse ask_briefly(const DaemonClient::Question& question) {
    return ask(question, std::chrono::seconds(5));
  }

  DaemonClient& daemon_;
  const std::shared_ptr<LiveFeed> feed_;
  const HttpGuard guard_;
};

}  // namespace apiary

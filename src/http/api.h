#pragma once

#include "http/daemon_client.h"
#include "http/http_guard.h"
#include "http/http_server.h"

namespace apiary {

class LiveFeed;

/// The resources for the dashboard and programs, under /api, /metrics, /healthz and /readyz, and
/// the page's own files. docs/web.md has it all.
class WebApi final : public HttpHandler {
 public:
  WebApi(DaemonClient& daemon, std::shared_ptr<LiveFeed> feed, HttpGuard guard)
      : daemon_(daemon), feed_(std::move(feed)), guard_(std::move(guard)) {}

  std::optional<HttpResponse> refuse(const HttpRequest& request, bool has_body) override;
  HttpLane lane(const HttpRequest& request) override;
  /// On any thread but the loop's, if refuse() does not.
  HttpResponse answer(const HttpRequest& request) override;

 private:
  HttpResponse answer_api(const HttpRequest& request);
  HttpResponse answer_change(const HttpRequest& request);
  HttpResponse status(const HttpRequest& request);
  HttpResponse events(const HttpRequest& request);
  HttpResponse sessions(const HttpRequest& request, std::size_t most);
  HttpResponse hosts(const HttpRequest& request, std::size_t most);
  std::string with_contacts(const std::string& listed);
  HttpResponse export_of(const std::string& what, HttpRequest request);
  HttpResponse stream(const HttpRequest& request);
  HttpResponse source(const std::string& address);
  HttpResponse health(bool wants_readiness);
  HttpResponse metrics();
  /// The daemon's response, or an error if it gave none.
  HttpResponse ask(const DaemonClient::Question& question,
                   std::chrono::seconds patience = DaemonClient::default_patience);
  /// For whoever watches whether the daemon lives: a scrape waits ten seconds.
  HttpResponse ask_soon(const DaemonClient::Question& question) {
    return ask(question, std::chrono::seconds(5));
  }

  DaemonClient& daemon_;
  const std::shared_ptr<LiveFeed> feed_;
  const HttpGuard guard_;
};

}  // namespace apiary

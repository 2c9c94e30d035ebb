#pragma once

#include "sink/live_feed.h"
#include "web/daemon_link.h"
#include "web/http_guard.h"
#include "web/http_server.h"

namespace apiary {

/// What the page and programs may ask for, under /api, /metrics, /healthz and /readyz, and the
/// page's own files. docs/web.md has it all.
class WebApi final : public HttpHandler {
 public:
  WebApi(DaemonLink& daemon, std::shared_ptr<LiveFeed> feed, HttpGuard guard)
      : daemon_(daemon), feed_(std::move(feed)), guard_(std::move(guard)) {}

  std::optional<HttpAnswer> refuse(const HttpRequest& request, bool has_body) override;
  HttpLane lane(const HttpRequest& request) override;
  /// On any thread but the loop's, if refuse() does not.
  HttpAnswer answer(const HttpRequest& request) override;

 private:
  HttpAnswer answer_api(const HttpRequest& request);
  HttpAnswer answer_change(const HttpRequest& request);
  HttpAnswer status(const HttpRequest& request);
  HttpAnswer events(const HttpRequest& request);
  HttpAnswer sessions(const HttpRequest& request, std::size_t most);
  HttpAnswer hosts(const HttpRequest& request, std::size_t most);
  std::string with_contacts(const std::string& listed);
  HttpAnswer export_of(const std::string& what, HttpRequest request);
  HttpAnswer stream(const HttpRequest& request);
  HttpAnswer source(const std::string& address);
  HttpAnswer health(bool wants_readiness);
  HttpAnswer metrics();
  /// The daemon's own answer, or that there is none.
  HttpAnswer ask(const DaemonLink::Question& question,
                 std::chrono::seconds patience = DaemonLink::usual_patience);
  /// For whoever watches whether the daemon lives: a scrape waits ten seconds.
  HttpAnswer ask_soon(const DaemonLink::Question& question) {
    return ask(question, std::chrono::seconds(5));
  }

  DaemonLink& daemon_;
  const std::shared_ptr<LiveFeed> feed_;
  const HttpGuard guard_;
};

}  // namespace apiary

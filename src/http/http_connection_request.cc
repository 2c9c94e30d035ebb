// How an HttpConnection takes a request out of the bytes that it has received.
#include "http/http_connection.h"

namespace apiary {

bool HttpConnection::read_head() {
  while (in_.starts_with("\r\n")) {  // RFC 9112 section 2.2: ignore one
    in_.erase(0, 2);
    scanned_ = 0;
  }
  if (in_.empty()) {
    if (client_is_done_) is_over_ = true;
    return false;
  }
  if (phase_ == Phase::idle) enter(Phase::reading);
  const auto end = find_head_end(in_, scanned_);
  if (!end) {
    refuse(end.error());
    return true;
  }
  if (!*end) {
    if (client_is_done_) refuse({400, "the request ends within its header"});
    return client_is_done_;
  }
  auto head = parse_http_head(std::string_view(in_).substr(0, **end));
  in_.erase(0, **end);
  scanned_ = 0;
  auto body = head ? HttpBody::of(*head, server_.limits().body_bytes)
                   : tl::unexpected(std::move(head.error()));
  if (!body) {
    refuse(body.error());
    return true;
  }
  head_ = std::move(*head);
  body_ = std::move(*body);
  held_ = BodyBudget::Share(server_.bodies());
  form_ = {.is_http_1_0 = head_->is_http_1_0,
           .keeps_alive = head_->keeps_alive,
           .is_head = head_->is_head};
  if (auto refused = server_.refuse(head_->request, head_->has_body())) {
    if (!body_.is_complete()) form_.keeps_alive = false;  // the rest is not read
    begin_answer(std::move(*refused));
  } else if (head_->expects_continue && !body_.is_complete() && in_.empty()) {
    out_ = "HTTP/1.1 100 Continue\r\n\r\n";
  }
  return true;
}

bool HttpConnection::read_body() {
  const std::size_t before = body_.text().size();
  const auto taken = body_.take(in_);
  if (!taken) {
    refuse(taken.error());
    return true;
  }
  in_.erase(0, *taken);
  if (!held_.grow(body_.text().size() - before)) {
    refuse({503, "too many large bodies at the moment: try again"});
    return true;
  }
  if (!body_.is_complete()) {
    if (client_is_done_) refuse({400, "the request ends within its body"});
    return client_is_done_;
  }
  HttpRequest request = std::move(head_->request);
  request.body = std::move(body_.text());
  enter(Phase::handling);
  server_.on_request(*this, std::move(request), std::exchange(held_, {}));
  return false;
}

void HttpConnection::refuse(const HttpRefusal& refusal) {
  if (!head_) form_ = {};
  form_.keeps_alive = false;
  in_.clear();
  begin_answer(http_error(refusal.status, refusal.sentence));
}

}  // namespace apiary

#include "http/http_response.h"

#include <fmt/format.h>

#include <ctime>

namespace apiary {
namespace {

constexpr std::string_view fields_of_all =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

std::string_view phrase_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7), in any locale.
std::string date_field() {
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  return fmt::format("Date: {}, {:02} {} {} {:02}:{:02}:{:02} GMT\r\n", days[parts.tm_wday],
                     parts.tm_mday, months[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour,
                     parts.tm_min, parts.tm_sec);
}

}  // namespace

std::string http_response_head(const HttpResponse& answer, const HttpResponseForm& form) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", answer.status, phrase_of(answer.status));
  head += date_field();
  head += fields_of_all;
  head += answer.is_immutable ? "Cache-Control: public, max-age=31536000, immutable\r\n"
                              : "Cache-Control: no-store\r\n";
  if (answer.status != 204) head += fmt::format("Content-Type: {}\r\n", answer.type);
  if (answer.is_gzip) head += "Content-Encoding: gzip\r\n";
  if (answer.status == 401) head += "WWW-Authenticate: Bearer\r\n";
  if (!answer.allow.empty()) head += fmt::format("Allow: {}\r\n", answer.allow);
  if (!answer.file_name.empty())
    head += fmt::format("Content-Disposition: attachment; filename=\"{}\"\r\n", answer.file_name);
  if (form.is_chunked(answer))
    head += "Transfer-Encoding: chunked\r\n";
  else if (!answer.stream && answer.status != 204)
    head += fmt::format("Content-Length: {}\r\n", answer.body.size());
  if (!form.keeps_alive)
    head += "Connection: close\r\n";
  else if (form.is_http_1_0)
    head += "Connection: keep-alive\r\n";
  return head += "\r\n";
}

std::string http_chunk(std::string_view bytes) {
  return fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
}

}  // namespace apiary

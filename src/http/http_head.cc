#include "http/http_head.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/ascii.h"
#include "base/printable.h"

namespace apiary {
namespace {

using Done = tl::expected<void, HttpRefusal>;

tl::unexpected<HttpRefusal> refusal(int status, std::string sentence) {
  return tl::unexpected(HttpRefusal{status, std::move(sentence)});
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& letter : result) letter = lower(letter);
  return result;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// A token of RFC 9110 section 5.6.2: a method, the name of a field.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char letter) {
    return is_digit(letter) || is_letter(letter) ||
           std::string_view("!#$%&'*+-.^_`|~").find(letter) != std::string_view::npos;
  });
}

/// Calls `use` with each element of a list such as "close, Upgrade", in lower case.
template <class Use>
void for_each_element(std::string_view list, Use use) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (const auto element = trimmed(list.substr(0, comma)); !element.empty()) use(lower(element));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
}

int hex_value(char digit) {
  if (is_digit(digit)) return digit - '0';
  const char letter = lower(digit);
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/// Percent-encoding (RFC 3986 section 2.1); in a query a plus is a blank. Returns nothing if it is
/// invalid.
std::optional<std::string> decoded(std::string_view text, bool is_query) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && is_query) {
      result += ' ';
    } else if (text[i] != '%') {
      result += text[i];
    } else {
      if (text.size() - i < 3) return {};
      const int high = hex_value(text[i + 1]), low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return {};
      result += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return result;
}

Done read_query(std::string_view query, HttpRequest& request) {
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decoded(pair.substr(0, equals), true);
    auto value = decoded(pair.substr(std::min(equals + 1, pair.size())), true);
    if (!name || !value) return refusal(400, "the query has a '%' without two hexadecimal digits");
    request.parameters.emplace(std::move(*name), std::move(*value));
  }
  return {};
}

/// VCHAR of RFC 5234.
bool is_visible(char letter) { return is_printable(letter) && letter != ' '; }

bool is_host(std::string_view text) {
  return std::ranges::all_of(text, [](char letter) {
    return is_visible(letter) &&
           std::string_view("/\\@,?#<>\"{}^`|").find(letter) == std::string_view::npos;
  });
}

/// Reads the request's target (RFC 9112 section 3.2) and returns the host of an absolute one.
tl::expected<std::optional<std::string>, HttpRefusal> read_target(std::string_view target,
                                                                  HttpRequest& request) {
  std::optional<std::string> host;
  if (target.empty() || !std::ranges::all_of(target, is_visible) ||
      target.find('#') != std::string_view::npos)
    return refusal(400, "the request's target has characters that must be percent-encoded");
  if (request.method == "CONNECT" || (target == "*" && request.method == "OPTIONS")) {
    request.path = request.target = target;
    return host;
  }
  if (target.front() != '/') {
    constexpr std::string_view separator = "://";
    const std::size_t scheme_end = std::min(target.find(separator), target.size());
    const std::string scheme = lower(target.substr(0, scheme_end));
    if (scheme_end == target.size() || (scheme != "http" && scheme != "https"))
      return refusal(400, "the request's target is neither a path nor a URL");
    target.remove_prefix(scheme_end + separator.size());
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    host = std::string(target.substr(0, end));
    target.remove_prefix(end);
    if (host->empty() || !is_host(*host)) return refusal(400, "the URL of the target has no host");
  }
  request.target = target.starts_with('/') ? target : fmt::format("/{}", target);
  const std::size_t question = std::min(target.find('?'), target.size());
  const auto path = decoded(target.substr(0, question), false);
  if (!path || std::ranges::any_of(*path, [](char letter) { return letter >= 0 && letter < ' '; }))
    return refusal(400, "the path has an invalid percent-encoding");
  request.path = path->empty() ? "/" : *path;
  if (auto read = read_query(target.substr(std::min(question + 1, target.size())), request); !read)
    return tl::unexpected(read.error());
  return host;
}

/// Reads "GET /path HTTP/1.1" and returns the host of an absolute target.
tl::expected<std::optional<std::string>, HttpRefusal> read_request_line(std::string_view line,
                                                                        HttpHead& head) {
  const std::size_t first = line.find(' '), last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || !is_token(line.substr(0, first)))
    return refusal(400, "a request begins with a line such as 'GET / HTTP/1.1'");
  const std::string_view version = line.substr(last + 1);
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) ||
      version[6] != '.' || !is_digit(version[7]))
    return refusal(400, "a request begins with a line such as 'GET / HTTP/1.1'");
  if (version[5] != '1') return refusal(505, "only HTTP/1.1 and HTTP/1.0 are supported");
  head.is_http_1_0 = version[7] == '0';
  head.keeps_alive = !head.is_http_1_0;
  head.request.method = line.substr(0, first);
  head.is_head = head.request.method == "HEAD";
  auto host = read_target(line.substr(first + 1, last - first - 1), head.request);
  if (head.is_head) head.request.method = "GET";
  return host;
}

Done read_content_length(std::string_view value, HttpHead& head) {
  std::size_t length = 0;
  const bool is_number = !value.empty() && std::ranges::all_of(value, [](char letter) {
    return letter >= '0' && letter <= '9';
  });
  if (!is_number) return refusal(400, "Content-Length is not one number");
  const auto read = std::from_chars(value.data(), value.data() + value.size(), length);
  if (read.ec != std::errc{}) return refusal(413, "the body is too large");
  head.content_length = length;
  return {};
}

Done read_transfer_encoding(std::string_view value, HttpHead& head) {
  if (head.is_http_1_0) return refusal(400, "HTTP/1.0 has no Transfer-Encoding");
  if (lower(value) != "chunked") return refusal(501, "the only Transfer-Encoding here is chunked");
  head.is_chunked = true;
  return {};
}

void read_connection(std::string_view value, HttpHead& head) {
  for_each_element(value, [&](const std::string& option) {
    if (option == "close") head.keeps_alive = false;
    if (option == "keep-alive" && head.is_http_1_0) head.keeps_alive = true;
  });
}

void read_accept_encoding(std::string_view value, HttpRequest& request) {
  for_each_element(value, [&](const std::string& coding) {
    if (!coding.starts_with("gzip")) return;
    const std::size_t quality = coding.find("q=");
    request.takes_gzip = quality == std::string::npos ||
                         coding.find_first_of("123456789", quality) != std::string::npos;
  });
}

Done read_field(const std::string& name, std::string_view value, HttpHead& head) {
  constexpr std::string_view bearer = "bearer ";
  HttpRequest& request = head.request;
  if (name == "host") {
    if (!is_host(value)) return refusal(400, "Host is not a name or address");
    head.has_host = true;
    request.host = value;
  } else if (name == "content-length") {
    return read_content_length(value, head);
  } else if (name == "transfer-encoding") {
    return read_transfer_encoding(value, head);
  } else if (name == "connection") {
    read_connection(value, head);
  } else if (name == "expect" && !head.is_http_1_0) {
    if (lower(value) != "100-continue") return refusal(417, "Expect can only be 100-continue");
    head.expects_continue = true;
  } else if (name == "authorization" && lower(value.substr(0, bearer.size())) == bearer) {
    request.token = trimmed(value.substr(bearer.size()));
  } else if (name == "sec-fetch-site") {
    request.fetch_site = value;
  } else if (name == "accept-encoding") {
    read_accept_encoding(value, request);
  }
  return {};
}

/// Splits a line into a name in lower case and a value (RFC 9112 section 5).
tl::expected<std::pair<std::string, std::string_view>, HttpRefusal> split_field(
    std::string_view line) {
  if (line.starts_with(' ') || line.starts_with('\t'))
    return refusal(400, "a header field continues on a second line");
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return refusal(400, "a header field has no colon");
  if (!is_token(line.substr(0, colon)))
    return refusal(400, "the name of a header field has a space or an invalid character");
  const std::string_view value = trimmed(line.substr(colon + 1));
  const bool is_clean = std::ranges::none_of(value, [](char letter) {
    return (letter >= 0 && letter < ' ' && letter != '\t') || letter == 127;
  });
  if (!is_clean) return refusal(400, "a header field has a control character");
  return std::pair{lower(line.substr(0, colon)), value};
}

Done read_fields(std::string_view lines, HttpHead& head) {
  constexpr std::string_view only_once[] = {"host", "content-length", "transfer-encoding",
                                            "authorization", "expect"};
  std::set<std::string> seen;
  std::size_t count = 0;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find("\r\n"));
    lines.remove_prefix(std::min(line.size() + 2, lines.size()));
    if (line.empty()) break;
    if (++count > max_header_fields) return refusal(431, "the request has too many header fields");
    auto field = split_field(line);
    if (!field) return tl::unexpected(field.error());
    const auto& [name, value] = *field;
    if (std::ranges::find(only_once, name) != std::end(only_once) && !seen.insert(name).second)
      return refusal(400, "the header field " + name + " appears twice");
    if (auto read = read_field(name, value, head); !read) return read;
  }
  return {};
}

}  // namespace

tl::expected<std::optional<std::size_t>, HttpRefusal> find_head_end(std::string_view received,
                                                                    std::size_t& scanned) {
  for (std::size_t at = received.find('\n', scanned); at != std::string_view::npos;
       at = received.find('\n', at + 1)) {
    if (at == 0 || received[at - 1] != '\r')
      return refusal(400, "a line of the request ends without a carriage return");
    if (at >= 3 && received.substr(at - 3, 4) == "\r\n\r\n") {
      if (at >= max_head_bytes) return refusal(431, "the request's header is too long");
      return at + 1;
    }
  }
  scanned = received.size();
  const std::size_t line_end = received.substr(0, max_request_line_bytes).find('\n');
  if (line_end == std::string_view::npos && received.size() > max_request_line_bytes)
    return refusal(414, "the request's first line is too long");
  if (received.size() > max_head_bytes) return refusal(431, "the request's header is too long");
  return std::nullopt;
}

tl::expected<HttpHead, HttpRefusal> parse_http_head(std::string_view text) {
  HttpHead head;
  const std::size_t line_end = std::min(text.find("\r\n"), text.size());
  if (line_end > max_request_line_bytes)
    return refusal(414, "the request's first line is too long");
  const auto absolute_host = read_request_line(text.substr(0, line_end), head);
  if (!absolute_host) return tl::unexpected(absolute_host.error());
  if (auto read = read_fields(text.substr(std::min(line_end + 2, text.size())), head); !read)
    return tl::unexpected(read.error());
  if (!head.has_host && !head.is_http_1_0)
    return refusal(400, "an HTTP/1.1 request needs a header field Host");
  if (head.is_chunked && head.content_length)
    return refusal(400, "Transfer-Encoding and Content-Length exclude each other");
  if (*absolute_host) {  // it replaces the field (RFC 9112 section 3.2.2)
    head.has_host = true;
    head.request.host = **absolute_host;
  }
  return head;
}

}  // namespace apiary

#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace apiary {

/// The parts of a request that the server uses.
struct HttpRequest {
  std::string method, path;                            // HEAD is GET here; the path is decoded
  std::string target;                                  // path and query as the client sent them
  std::multimap<std::string, std::string> parameters;  // of the query, decoded
  std::string body;
  std::string host;        // the header
  std::string fetch_site;  // Sec-Fetch-Site; empty: not a browser, or an old one
  std::string token;       // after "Authorization: Bearer"
  bool takes_gzip = false;

  /// The first value of a parameter; empty if it is missing.
  std::string parameter(const std::string& name) const {
    const auto found = parameters.find(name);
    return found == parameters.end() ? "" : found->second;
  }
};

/// Produces the next piece of a long or endless response; never waits. Returns whether there is
/// more now, more later (in tens of milliseconds), or no more.
enum class StreamState { more_now, more_later, over };
using HttpStream = std::function<StreamState(std::string& more)>;

struct HttpResponse {
  int status = 200;
  std::string body{};
  std::string type = "application/json";
  bool is_gzip = false;
  bool is_immutable = false;  // clients may cache it forever
  HttpStream stream{};        // in place of the body
  std::string file_name{};    // the name to save it under; empty: it is displayed
  std::string allow{};        // the methods of the resource: "GET, HEAD"
};

/// `{"error": "..."}`.
HttpResponse http_error(int status, std::string_view sentence);

}  // namespace apiary

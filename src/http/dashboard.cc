#include "http/dashboard.h"

#include <zlib.h>

#include <algorithm>

#include "http/dashboard_files.h"

namespace apiary {
namespace {

/// For the few clients that do not accept compressed bytes.
std::string inflated(Bytes gzip) {
  constexpr int gzip_window = 15 + 16;
  z_stream stream{};
  if (inflateInit2(&stream, gzip_window) != Z_OK) return {};
  stream.next_in = const_cast<Bytef*>(gzip.data());
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::string result;
  char buffer[16'384];
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    state = inflate(&stream, Z_NO_FLUSH);
    result.append(buffer, sizeof buffer - stream.avail_out);
  }
  inflateEnd(&stream);
  return result;
}

}  // namespace

HttpResponse answer_dashboard(const HttpRequest& request) {
  if (dashboard_files().empty())
    return http_error(404,
                      "this program was built without the dashboard because npm was missing; /api "
                      "and /metrics work");
  const std::string path = request.path == "/" ? "/index.html" : request.path;
  const auto found = std::ranges::find(dashboard_files(), path, &DashboardFile::path);
  if (found == dashboard_files().end()) return http_error(404, "there is no " + request.path);
  HttpResponse answer{.type = std::string(found->type), .is_immutable = found->is_immutable};
  answer.is_gzip = request.takes_gzip;
  answer.body = request.takes_gzip ? std::string(found->gzip.begin(), found->gzip.end())
                                   : inflated(found->gzip);
  return answer;
}

}  // namespace apiary

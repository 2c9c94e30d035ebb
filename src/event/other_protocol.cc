#include "event/other_protocol.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace apiary {
namespace {

// First bytes of requests of clients and scanners that are text, but not a login.
constexpr auto openings = std::to_array<std::string_view>(
    {"SSH-1.", "SSH-2.",              // RFC 4253
     "EHLO ", "HELO ", "MAIL FROM:",  // SMTP
     "RFB 003.", "JDWP-Handshake", "JRMI", "GIOP", "t3 12.",
     "CNXN",                                                    // VNC, Java, Corba, WebLogic, adb
     "PROXY TCP", "NICK ", "GNUTELLA ",                         // HAProxy, IRC
     "<?xml", "<stream:stream", "<policy-file-request", "{\"",  // XMPP, Flash, JSON-RPC
     "MGLNDD_",                                                 // a scanner of this name
     // HTTP's header fields, for a service that reads a line at a time.
     "Host: ", "User-Agent: ", "Accept: ", "Accept-Encoding: ", "Connection: ", "Content-Type: ",
     "Content-Length: ", "Cookie: ", "Authorization: ", "Referer: "});

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// "GET / HTTP/1.1", "OPTIONS sip:nm SIP/2.0": a method, a target, a protocol and its version; or
/// the status line that answers it, "HTTP/1.1 200 OK".
bool is_request_line(std::string_view line) {
  if (line.starts_with("HTTP/1.") || line.starts_with("RTSP/1.")) return true;
  const std::size_t method = line.find(' '), target = line.rfind(' ');
  if (method == line.npos || method == 0 || target <= method) return false;
  if (!std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(method), is_upper))
    return false;
  const std::string_view version = line.substr(target + 1);
  const std::size_t slash = version.find('/');
  return slash != version.npos && slash > 0 && slash + 1 < version.size() &&
         std::all_of(version.begin(), version.begin() + static_cast<std::ptrdiff_t>(slash),
                     is_upper) &&
         is_digit(version[slash + 1]);
}

/// "*2" and "$4": the arrays and strings of Redis (RESP).
bool is_resp(std::string_view line) {
  return line.size() > 1 && (line[0] == '*' || line[0] == '$') &&
         std::all_of(line.begin() + 1, line.end(), is_digit);
}

/// User names have none: this is a binary protocol.
bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

bool is_opening(std::string_view line) {
  return is_request_line(line) || std::any_of(openings.begin(), openings.end(), [&](auto opening) {
           return line.starts_with(opening);
         });
}

}  // namespace

bool is_other_protocol(const TriedCredential& tried) {
  // Empty lines, which scanners send to get a banner: not a credential.
  if (tried.user.empty() && tried.password.empty()) return true;
  return has_control(tried.user) || is_opening(tried.user) ||
         (is_resp(tried.user) && is_resp(tried.password)) || is_request_line(tried.password);
}

}  // namespace apiary

#pragma once

#include <string>

namespace apiary {

// What a target receives for the flow of ServiceTest::open(). proxy-protocol.txt, section 2.2:
// signature, version and command, family, length, addresses.
inline const std::string tcp_header(
    "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\2\1\x0a\0\0\5\x0f\xa0\0\x17", 28);
inline const std::string udp_header(
    "\r\n\r\n\0\r\nQUIT\n\x21\x12\0\x0c\xc0\0\2\1\x0a\0\0\5\x0f\xa0\0\x17", 28);

}  // namespace apiary

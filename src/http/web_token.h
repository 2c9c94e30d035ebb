#pragma once

#include <string>
#include <tl/expected.hpp>

namespace apiary {

/// The token in the first line of a file: at least 16 printable characters without blanks. Error: a
/// sentence.
tl::expected<std::string, std::string> read_web_token(const std::string& path);

/// The token in `path`. If there is no such file, creates it with a random token, for its owner
/// only. Error: a sentence.
tl::expected<std::string, std::string> read_or_make_web_token(const std::string& path);

/// 192 random bits of the kernel, as text that a URL may contain.
std::string random_token();

/// Whether both are the same, in a time that depends on their lengths only.
bool is_same_token(const std::string& one, const std::string& other);

}  // namespace apiary

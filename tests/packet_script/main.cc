// packet_script FILE...: runs packet scripts; exits with 1 if one fails.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include "run_script.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: packet_script FILE...\n");
    return 2;
  }
  bool all_passed = true;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto result =
        file ? apiary::script::run_script(text) : tl::unexpected(std::string("it cannot be read"));
    if (result) continue;
    all_passed = false;
    fmt::print(stderr, "{}: {}\n", argv[i], result.error());
  }
  return all_passed ? 0 : 1;
}

// Parses any bytes as TCP options, emits what it parsed, and parses that to the same values.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "wire/describe.h"
#include "wire/tcp_options.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace apiary;
  const std::vector<std::uint8_t> raw(data, data + size);  // of exactly this size
  (void)describe_tcp_options(raw);
  const TcpOptions options = parse_tcp_options(raw);
  if (options.sack_block_count > options.sack_blocks.size()) std::abort();

  TcpOptionBytes written;
  if (options.mss) written.put_mss(*options.mss);
  if (options.window_scale) written.put_window_scale(*options.window_scale);
  if (options.sack_permitted) written.put_sack_permitted();
  if (options.timestamps) written.put_timestamps(*options.timestamps);
  const std::span blocks = std::span(options.sack_blocks).first(options.sack_block_count);
  const bool has_room = written.room() >= 2 + 8 * blocks.size();
  if (!blocks.empty() && has_room) written.put_sack(blocks);
  written.pad();

  const TcpOptions again = parse_tcp_options(written.bytes());
  const std::size_t count = has_room ? blocks.size() : 0;
  if (again.mss != options.mss || again.window_scale != options.window_scale ||
      again.sack_permitted != options.sack_permitted || again.timestamps != options.timestamps ||
      again.sack_block_count != count ||
      !std::equal(blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(count),
                  again.sack_blocks.begin()))
    std::abort();
  return 0;
}

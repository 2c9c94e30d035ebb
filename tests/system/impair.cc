/// A bad wire: hands frames on between two interfaces, and loses, doubles and delays some of them,
/// by a seed. For kernels without netem.
///
///     impair A B PERCENT [SEED]     each misfortune happens to PERCENT of the frames
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <vector>

#include "base/random.h"

namespace {

using Frame = std::vector<unsigned char>;

/// What became of the frames of one direction.
struct Counts {
  unsigned long passed = 0, lost = 0, doubled = 0, delayed = 0;
};

int open_interface(const char* name) {
  const int result = socket(AF_PACKET, SOCK_RAW, 0);
  const int on = 1, buffer_bytes = 16 << 20;
  setsockopt(result, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on);
  setsockopt(result, SOL_SOCKET, SO_RCVBUFFORCE, &buffer_bytes, sizeof buffer_bytes);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(if_nametoindex(name));
  if (bind(result, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::perror(name);
    std::exit(1);
  }
  return result;
}

/// One direction of the wire.
class Direction {
 public:
  Direction(int from, int to, double percentage, std::uint64_t seed)
      : from_(from), to_(to), probability_(apiary::percent(percentage)), random_(seed) {}

  /// Handles what has come, up to a number of frames, so that the other direction has its turn.
  void forward() {
    for (int i = 0; i < 64; ++i) {
      Frame frame(65'536);
      const ssize_t size = recv(from_, frame.data(), frame.size(), MSG_DONTWAIT);
      if (size <= 0) return;
      frame.resize(static_cast<std::size_t>(size));
      pass_on(std::move(frame));
    }
  }
  /// No packet has come for a while: sends what was held back.
  void release() {
    for (const Held& held : held_) transmit(held.frame);
    held_.clear();
  }
  const Counts& counts() const { return counts_; }

 private:
  struct Held {
    Frame frame;
    int frames_to_go;  // that overtake it
  };

  void pass_on(Frame frame) {
    if (random_.happens(probability_)) {
      ++counts_.lost;
      return;
    }
    if (random_.happens(probability_)) {
      ++counts_.delayed;
      held_.push_back({std::move(frame), 1 + static_cast<int>(random_.below(8))});
      return;
    }
    transmit(frame);
    if (random_.happens(probability_)) {
      ++counts_.doubled;
      transmit(frame);
    }
    for (Held& held : held_) --held.frames_to_go;
    while (!held_.empty() && held_.front().frames_to_go <= 0) {
      transmit(held_.front().frame);
      held_.pop_front();
    }
  }
  void transmit(const Frame& frame) {
    ++counts_.passed;
    (void)!send(to_, frame.data(), frame.size(), 0);
  }

  int from_, to_;
  apiary::Probability probability_;
  apiary::Random random_;
  std::deque<Held> held_;
  Counts counts_;
};

void print(const char* name, const Counts& counts) {
  std::printf("%s: %lu passed, %lu lost, %lu doubled, %lu delayed\n", name, counts.passed,
              counts.lost, counts.doubled, counts.delayed);
}

}  // namespace

int main(int count, char** words) {
  if (count < 4) {
    std::fprintf(stderr, "impair A B PERCENT [SEED]\n");
    return 2;
  }
  const double percentage = std::atof(words[3]);
  const std::uint64_t seed = count > 4 ? std::strtoull(words[4], nullptr, 0) : 1;
  const int a = open_interface(words[1]), b = open_interface(words[2]);
  Direction there(a, b, percentage, seed), back(b, a, percentage, seed + 1);

  // Standard input ends when the test does.
  std::array<pollfd, 3> waiting{{{a, POLLIN, 0}, {b, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
  while (waiting[2].revents == 0) {
    if (poll(waiting.data(), waiting.size(), 2) == 0) {
      there.release();
      back.release();
    }
    if (waiting[0].revents != 0) there.forward();
    if (waiting[1].revents != 0) back.forward();
  }
  print("there", there.counts());
  print("back", back.counts());
}

#include "loop/background_worker.h"

#include <gtest/gtest.h>

#include <atomic>

#include "loop/event_loop.h"

namespace apiary {
namespace {

TEST(BackgroundWorker, RunsJobsInOrderAndTheirCompletionsOnTheLoop) {
  EventLoop loop;
  BackgroundWorker worker(loop.base());
  std::vector<int> jobs, completions;
  std::vector<std::thread::id> threads;
  for (int i = 0; i < 100; ++i)
    worker.run([&, i]() -> BackgroundWorker::Completion {
      jobs.push_back(i);
      if (i == 0) threads.push_back(std::this_thread::get_id());
      return [&, i] {
        if (i == 0) threads.push_back(std::this_thread::get_id());
        completions.push_back(i);
      };
    });
  while (completions.size() < 100) loop.wait(seconds{5});
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(jobs[static_cast<std::size_t>(i)], i);
    EXPECT_EQ(completions[static_cast<std::size_t>(i)], i);
  }
  ASSERT_EQ(threads.size(), 2U);
  EXPECT_NE(threads[0], std::this_thread::get_id());
  EXPECT_EQ(threads[1], std::this_thread::get_id());
}

TEST(BackgroundWorker, DestroysObjectsOnItsOwnThread) {
  EventLoop loop;
  BackgroundWorker worker(loop.base());
  std::atomic<bool> gone_there = false;
  std::vector<std::shared_ptr<const void>> objects;
  objects.emplace_back(new int, [&, loop_thread = std::this_thread::get_id()](int* value) {
    delete value;
    gone_there = std::this_thread::get_id() != loop_thread;
  });
  worker.destroy(std::move(objects));
  bool over = false;
  worker.run([&]() -> BackgroundWorker::Completion { return [&] { over = true; }; });
  while (!over) loop.wait(seconds{5});
  EXPECT_TRUE(gone_there);
}

TEST(BackgroundWorker, DestroysJobsOnItsOwnThread) {
  EventLoop loop;
  BackgroundWorker worker(loop.base());
  std::atomic<bool> gone_there = false;
  std::shared_ptr<int> thing(new int, [&, loop_thread = std::this_thread::get_id()](int* value) {
    delete value;
    gone_there = std::this_thread::get_id() != loop_thread;
  });
  worker.run([held = std::move(thing)]() -> BackgroundWorker::Completion { return {}; });
  bool over = false;
  worker.run([&]() -> BackgroundWorker::Completion { return [&] { over = true; }; });
  while (!over) loop.wait(seconds{5});
  EXPECT_TRUE(gone_there);
}

TEST(BackgroundWorker, EndsAfterTheCurrentJobAndDropsTheRest) {
  EventLoop loop;
  std::atomic<int> begun = 0, completions = 0;
  {
    BackgroundWorker worker(loop.base());
    for (int i = 0; i < 2; ++i)
      worker.run([&]() -> BackgroundWorker::Completion {
        ++begun;
        std::this_thread::sleep_for(std::chrono::milliseconds{200});
        return [&] { ++completions; };
      });
    while (begun == 0) std::this_thread::yield();
  }
  loop.wait({});
  EXPECT_EQ(begun, 1);
  EXPECT_EQ(completions, 0);
}

TEST(BackgroundWorker, StopsWithoutWaitingForLong) {
  EventLoop loop;
  BackgroundWorker worker(loop.base());
  std::atomic<bool> may_end = false, has_begun = false, knew = false;
  worker.run([&]() -> BackgroundWorker::Completion {
    has_begun = true;
    while (!may_end) std::this_thread::yield();
    knew = worker.is_stopping();
    return {};
  });
  while (!has_begun) std::this_thread::yield();
  EXPECT_FALSE(worker.is_stopping());
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(worker.stop(milliseconds{50}));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds{5});
  may_end = true;
  EXPECT_TRUE(worker.stop(seconds{10}));
  EXPECT_TRUE(knew);
}

}  // namespace
}  // namespace apiary

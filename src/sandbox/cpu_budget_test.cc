#include "sandbox/cpu_budget.h"

#include <gtest/gtest.h>

#include <array>

#include "sandbox/processor_load.h"

namespace apiary {
namespace {

using std::chrono::milliseconds;

/// A program that is looked at ten times a second.
struct Program {
  CpuBudget budget{{}};
  CpuBudget::Clock::time_point now{};
  CpuUse use;

  void run(milliseconds time, std::uint64_t ran_percent, std::uint64_t waited_percent, CpuLoad load,
           bool is_waiting = false) {
    for (const auto end = now + time; now < end;) {
      now += milliseconds(100);
      use.ran += ran_percent;
      use.waited += waited_percent;
      budget.update(use, is_waiting, load, now);
    }
  }
};

constexpr CpuLoad none{0, 1}, half{40, 1}, crowd{100, 50};

TEST(CpuBudget, WhatSpinsHasHalfASecondOrLittleMore) {
  Program program;
  program.run(milliseconds(600), 100, 0, half);
  EXPECT_FALSE(program.budget.is_spent());
  program.run(milliseconds(200), 100, 0, half);
  EXPECT_TRUE(program.budget.is_spent());
}

TEST(CpuBudget, ProcessesCountTogether) {
  Program program;
  program.run(milliseconds(100), 1600, 0, half);
  EXPECT_TRUE(program.budget.is_spent());
}

TEST(CpuBudget, InACrowdEachHasLess) {
  Program program;  // one of 50 on two processors
  program.run(milliseconds(400), 4, 96, crowd);
  EXPECT_FALSE(program.budget.is_spent());
  program.run(milliseconds(300), 4, 96, crowd);
  EXPECT_TRUE(program.budget.is_spent());
  program.run(milliseconds(60'000), 4, 96, none);
  EXPECT_TRUE(program.budget.is_spent()) << "waiting is no rest, even if all others rest";
  program.run(milliseconds(60'000), 0, 0, none, true);
  EXPECT_TRUE(program.budget.is_spent()) << "nor is a wait that lasts";
}

TEST(CpuBudget, ABusyConversationLastsInACrowd) {
  Program program;
  program.run(milliseconds(5'000), 1, 90, crowd);  // it waits for each of its turns
  EXPECT_FALSE(program.budget.is_spent());
  program.run(milliseconds(60'000), 10, 2, {100, 51});
  EXPECT_FALSE(program.budget.is_spent());
  program.run(milliseconds(60'000), 15, 2, {15, 51});  // the others only get the rest
  EXPECT_FALSE(program.budget.is_spent());
}

TEST(CpuBudget, OthersThanProgramsDoNotMatter) {
  Program program;  // it starts slowly on a busy machine
  program.run(milliseconds(60'000), 10, 90, {10, 1});
  EXPECT_FALSE(program.budget.is_spent());
}

TEST(CpuBudget, OneThatRestsHasItBack) {
  Program program;
  program.run(milliseconds(60'000), 1000, 0, half);
  EXPECT_TRUE(program.budget.is_spent());
  program.run(milliseconds(900), 0, 0, none);
  EXPECT_TRUE(program.budget.is_spent());
  program.run(milliseconds(200), 0, 0, none);
  EXPECT_FALSE(program.budget.is_spent());
}

TEST(CpuBudget, WhatEndsTakesNothingBack) {
  Program program;
  program.run(milliseconds(400), 100, 0, half);
  program.use = {};  // its threads have ended
  program.run(milliseconds(400), 100, 0, half);
  EXPECT_TRUE(program.budget.is_spent());
}

TEST(ProcessorLoad, IsThatOfAllProgramsTogether) {
  ProcessorLoad load;
  LoadMeter::Clock::time_point now{};
  LoadMeter meter(&load, now), other(&load, now);
  for (std::uint32_t i = 0; i < 50; ++i) load.set(i, ProcessorLoad::State::runs);
  load.add(1'000'000);
  EXPECT_EQ(meter.measure(now).percent, 0u) << "not yet";
  now += milliseconds(200);
  EXPECT_EQ(meter.measure(now).percent, 100u);
  EXPECT_EQ(other.measure(now).percent, 100u);
  EXPECT_EQ(meter.measure(now).programs, 50u);
  now += milliseconds(200);
  EXPECT_EQ(meter.measure(now).percent, 0u);
  EXPECT_EQ(LoadMeter(nullptr, {}).measure(now).percent, 0u);
}

TEST(ProcessorLoad, DemotedProgramsShareAQuota) {
  using State = ProcessorLoad::State;
  ProcessorLoad load;
  const milliseconds period{200};
  const auto of_one = load.demoted_quota(period);
  EXPECT_GE(of_one, milliseconds(40)) << "20 % of one processor";
  for (std::uint32_t i = 0; i < 4; ++i) load.set(i, State::demoted);
  load.set(4, State::runs);
  EXPECT_EQ(load.programs(), 5u);
  EXPECT_EQ(load.demoted_quota(period), of_one / 4);
  for (std::uint32_t i = 0; i < 4; ++i) load.set(i, i < 2 ? State::none : State::demoted);
  EXPECT_EQ(load.programs(), 3u);
  EXPECT_EQ(load.demoted_quota(period), of_one / 2);
  for (std::uint32_t i = 0; i < 60'000; ++i) load.set(i, State::demoted);
  load.set(65'536, State::demoted);
  EXPECT_EQ(load.demoted_quota(period), milliseconds(1)) << "the least that the kernel takes";
}

}  // namespace
}  // namespace apiary

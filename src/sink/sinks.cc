#include "sink/sinks.h"

#include <algorithm>

namespace apiary {

RecordKinds Sinks::wanted() const {
  RecordKinds kinds;
  for (const auto& thread : threads_) kinds = kinds.with(thread->wants());
  return kinds;
}

void Sinks::push(std::vector<Record> records) {
  const RecordBatch batch = RecordBatch::of(std::move(records));
  for (const auto& thread : threads_) thread->push(batch);
}

void Sinks::rotate() {
  for (const auto& thread : threads_) thread->rotate();
}

bool Sinks::are_idle() const {
  return std::ranges::all_of(threads_, [](const auto& thread) { return thread->is_idle(); });
}

std::vector<record::What> Sinks::take_news() {
  std::vector<record::What> news;
  for (const auto& thread : threads_) {
    if (auto trouble = thread->take_trouble())
      news.emplace_back(record::Daemon{record::Daemon::What::trouble, std::move(*trouble)});
    if (auto loss = thread->take_loss()) news.emplace_back(std::move(*loss));
  }
  return news;
}

std::vector<SinkStatus> Sinks::status() const {
  std::vector<SinkStatus> all;
  for (const auto& thread : threads_) all.push_back(thread->status());
  return all;
}

}  // namespace apiary

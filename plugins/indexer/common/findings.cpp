// SPDX-License-Identifier: MIT
#include "indexer/common/findings.hpp"

#include <utility>

namespace sluice::plugins::indexer {
namespace {

constexpr std::size_t kMaxFound = 1000;  // sdk::Query::limit at its highest

std::size_t BytesOf(const sdk::Release& release) {
  return sizeof release + release.title.size() + release.info_hash.size() + release.magnet.size() +
         release.torrent_url.size() + release.indexer.size();
}

}  // namespace

std::string IdentityOf(const sdk::Release& release) {
  if (release.info_hash.empty()) return release.torrent_url;
  return release.info_hash + (release.is_private ? " private" : "");
}

void Findings::Add(sdk::Release release) {
  auto identity = IdentityOf(release);
  auto found = std::make_shared<const sdk::Release>(std::move(release));
  const std::lock_guard lock(mutex_);
  if (end_ || found_.size() >= kMaxFound) return;
  const auto size = BytesOf(*found) + identity.size();
  if (!known_.insert(std::move(identity)).second) return;
  bytes_ += size;
  found_.push_back(std::move(found));
  news_.notify_all();
}

void Findings::MarkPartial() {
  const std::lock_guard lock(mutex_);
  is_partial_ = true;
}

void Findings::Finish(End end) {
  const std::lock_guard lock(mutex_);
  end_ = std::move(end);
  known_.clear();
  news_.notify_all();
}

std::vector<Findings::Found> Findings::Wait(std::size_t from, std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  news_.wait_until(lock, until, [&] { return end_ || found_.size() > from; });
  if (found_.size() <= from) return {};
  return {found_.begin() + static_cast<std::ptrdiff_t>(from), found_.end()};
}

std::optional<Findings::End> Findings::EndBehind(std::size_t from) const {
  const std::lock_guard lock(mutex_);
  return found_.size() > from ? std::nullopt : end_;
}

bool Findings::is_over() const {
  const std::lock_guard lock(mutex_);
  return end_.has_value();
}

bool Findings::is_partial() const {
  const std::lock_guard lock(mutex_);
  return is_partial_;
}

bool Findings::empty() const {
  const std::lock_guard lock(mutex_);
  return found_.empty();
}

std::size_t Findings::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace sluice::plugins::indexer

// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ManifestCache: what manifests were rewritten to, for everybody who gets the same.

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <sluice/sdk/manifest.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::pipeline {

/// Of one rewrite step. Of each key it has the manifest that came last. What was used longest ago leaves first.
/// Threads: [any].
class ManifestCache {
 public:
  using Rewritten = std::shared_ptr<const sdk::RewrittenManifest>;
  static constexpr std::size_t kOverheadBytes = 512;  ///< Counted for each manifest beside its octets.

  explicit ManifestCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// \param key  stands for all but the text that the result depends on. \returns  null: it is not known.
  Rewritten Find(const std::string& key, std::string_view text);
  void Keep(const std::string& key, std::string text, Rewritten rewritten);
  std::size_t bytes() const;

 private:
  struct Entry {
    std::string key;
    std::string text;
    Rewritten rewritten;
    std::size_t bytes = 0;
  };
  using Entries = std::list<std::shared_ptr<const Entry>>;

  void Remove(Entries::iterator entry);

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  Entries newest_first_;
  std::unordered_map<std::string_view, Entries::iterator> by_key_;
  std::size_t bytes_ = 0;
};

}  // namespace sluice::pipeline
